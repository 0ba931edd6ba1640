//! The limits of a program: what each is called, which flag sets it, and to what.

use std::time::Duration;

use bioxen_lua::{EngineConfig, Limits};

use crate::units::{Count, Size, Span};

/// Fuel of a call: chosen so that ordinary code reaches the time limit first.
const FUEL: u64 = 1_000_000_000_000;

/// Time of a call, by choice: longer than a person waits without a word from a program.
const TIME: Duration = Duration::from_secs(30);

/// What a program may use when no flag says otherwise.
pub fn defaults() -> Limits {
    Limits { fuel: Some(FUEL), time: Some(TIME), ..Limits::default() }
}

/// One limit.
struct Row {
    /// The field of [`Limits`].
    name: &'static str,
    flag: &'static str,
    default: fn(&Limits) -> String,
    range: fn() -> String,
    bounds: &'static str,
}

const ROWS: [Row; 14] = [
    Row {
        name: "memory",
        flag: "--memory",
        default: |limits| Size(limits.memory).to_string(),
        range: memory_range,
        bounds: "memory of the program",
    },
    Row {
        name: "fuel",
        flag: "--fuel",
        default: |limits| Count(limits.fuel).to_string(),
        range: || "1 and up".into(),
        bounds: "units of work, about one for each instruction",
    },
    Row {
        name: "time",
        flag: "--time",
        default: |limits| Span(limits.time).to_string(),
        range: || "1ns and up".into(),
        bounds: "time on the clock, waiting for input included",
    },
    Row {
        name: "stdout",
        flag: "--output",
        default: |limits| Size(limits.stdout).to_string(),
        range: any,
        bounds: "what is written to standard output",
    },
    Row {
        name: "stderr",
        flag: "--stderr",
        default: |limits| Size(limits.stderr).to_string(),
        range: any,
        bounds: "what is written to standard error",
    },
    Row {
        name: "result",
        flag: "--result",
        default: |limits| Size(limits.result).to_string(),
        range: any,
        bounds: "what the program returns",
    },
    Row {
        name: "error_text",
        flag: "--error-text",
        default: |limits| Size(limits.error_text).to_string(),
        range: any,
        bounds: "an error's message, and its traceback; the rest is cut",
    },
    Row {
        name: "source",
        flag: "--source",
        default: |limits| Size(limits.source).to_string(),
        range: any,
        bounds: "the program's text",
    },
    Row {
        name: "host_calls",
        flag: "--host-calls",
        default: |limits| Count(limits.host_calls).to_string(),
        range: any,
        bounds: "calls of host functions",
    },
    Row {
        name: "host_call_time",
        flag: "--host-call-time",
        default: |limits| Span(limits.host_call_time).to_string(),
        range: || "1ns and up".into(),
        bounds: "time of one call of a host function",
    },
    Row {
        name: "host_call_size",
        flag: "--host-call-size",
        default: |limits| Size(limits.host_call_size).to_string(),
        range: any,
        bounds: "what one call of a host function carries, each way",
    },
    Row {
        name: "open_files",
        flag: "--open-files",
        default: |limits| Count(limits.open_files).to_string(),
        range: any,
        bounds: "files open at once",
    },
    Row {
        name: "disk",
        flag: "--disk",
        default: |limits| Size(limits.disk).to_string(),
        range: any,
        bounds: "growth of all read-write mounts together",
    },
    Row {
        name: "files",
        flag: "--files",
        default: |limits| Count(limits.files).to_string(),
        range: any,
        bounds: "files and folders added to read-write mounts",
    },
];

const LEGEND: &str = "\
Every limit can also be set to `none`, which lifts it.
Sizes:   64MiB, 64M and 67108864 are the same; K, M, G, T and KiB, MiB, GiB, TiB count by 1024, KB, MB, GB, TB by 1000.
Times:   2s, 500ms, 1.5s, 1m, 1h; a number alone is seconds.
Numbers: 1e9, 10_000, 100M; k, M, G and T count by 1000.
Limits count for each program of `run`, each chunk of `eval` and each line of `repl`. Reaching one ends it with
exit status 3; memory, open-files, disk and files are errors in Lua instead, which a program can handle.";

fn any() -> String {
    "0 and up".into()
}

fn memory_range() -> String {
    let [least, most] = memory_bounds().map(|bytes| Size(Some(bytes)));
    format!("{least} to {most}")
}

/// Bytes that the memory limit can be set to: the least, the most.
pub fn memory_bounds() -> [u64; 2] {
    [Limits::MEMORY_FLOOR, EngineConfig::default().max_memory]
}

/// The flag that sets the limit of a name.
pub fn flag(name: &str) -> Option<&'static str> {
    ROWS.iter().find(|row| row.name == name).map(|row| row.flag)
}

/// The table, to be read by people.
pub fn table() -> String {
    let defaults = defaults();
    let mut lines = vec![row("LIMIT", "DEFAULT", "FLAG", "MAY BE", "WHAT IT BOUNDS")];
    for limit in &ROWS {
        lines.push(row(limit.name, &(limit.default)(&defaults), limit.flag, &(limit.range)(), limit.bounds));
    }
    format!("{}\n\n{LEGEND}", lines.join("\n"))
}

fn row(name: &str, default: &str, flag: &str, range: &str, bounds: &str) -> String {
    format!("{name:<15} {default:<8} {flag:<17} {range:<13} {bounds}")
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn every_limit_has_its_flag_and_every_flag_its_limit() {
        let command = crate::arguments::Arguments::command();
        let run = command.find_subcommand("run").unwrap();
        let mut flags: Vec<String> = run
            .get_arguments()
            .filter(|argument| argument.get_help_heading() == Some("Limits"))
            .filter_map(|argument| argument.get_long().map(|name| format!("--{name}")))
            .collect();
        let mut rows: Vec<&str> = ROWS.iter().map(|row| row.flag).collect();
        flags.sort();
        rows.sort();
        assert_eq!(flags, rows);
    }

    #[test]
    fn a_limit_is_found_by_its_name() {
        assert_eq!(flag("stdout"), Some("--output"));
        assert_eq!(flag("host_calls"), Some("--host-calls"));
        assert_eq!(flag("patience"), None);
    }
}
