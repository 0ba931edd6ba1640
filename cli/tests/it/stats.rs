//! `--stats`.

use serde_json::Value;

use crate::command::{Ended, eval, run};

#[track_caller]
fn json(ended: &Ended) -> Value {
    serde_json::from_str(ended.stderr.lines().last().unwrap_or_default()).unwrap()
}

#[test]
fn a_box_for_people() {
    let ended = run(&["--stats", "--memory", "8MiB", "--fuel", "none"], "print('x')");
    assert_eq!((ended.status, ended.stdout.as_str()), (0, "x\n"));
    let rows: Vec<&str> = ended.stderr.lines().collect();
    assert_eq!(rows.len(), 9, "{}", ended.stderr);
    let names = ["time", "fuel", "memory", "stdout", "stderr", "host calls"];
    for (row, name) in rows[2..8].iter().zip(names) {
        assert!(row.starts_with(&format!("│ {name} ")), "{row}");
    }
    assert!(rows[3].ends_with("no limit │"), "{}", rows[3]);
    assert!(rows[4].ends_with("8 MiB │"), "{}", rows[4]);
    assert!(rows[5].contains(" 2 bytes "), "{}", rows[5]);
    let width = rows[0].chars().count();
    assert!(rows.iter().all(|row| row.chars().count() == width), "{}", ended.stderr);
}

#[test]
fn a_line_for_programs() {
    let ended = eval(&["--stats=json", "--stderr", "none"], "'GATTACA'");
    assert_eq!(ended.stderr.lines().count(), 1);
    let stats = json(&ended);
    assert_eq!(stats["stdout"], serde_json::json!({ "used": 8, "limit": 1 << 20, "unit": "bytes" }));
    assert_eq!(stats["stderr"]["limit"], Value::Null);
    assert_eq!(stats["time"]["limit"], 30_000.0);
    assert_eq!(stats["fuel"]["limit"], 1_000_000_000_000u64);
    assert!(stats["fuel"]["used"].as_u64().unwrap() > 1_000);
    assert!(stats["memory"]["used"].as_u64().unwrap() > 100_000);
}

#[test]
fn failures_show_what_they_used() {
    let ended = run(&["--stats=json", "--fuel", "1e6"], "while true do end");
    ended.complains(3, &["limit `fuel` reached"]);
    assert_eq!(json(&ended)["fuel"]["used"], 1_000_000);
    let ended = run(&["--stats=json"], "io.stderr:write('x') error('no')");
    ended.complains(1, &["no\nstack traceback:"]);
    assert_eq!(json(&ended)["stderr"]["used"], 1);
    let ended = run(&["--stats=json"], "os.exit(6)");
    assert_eq!((ended.status, json(&ended)["stdout"]["used"].as_u64()), (6, Some(0)));
}
