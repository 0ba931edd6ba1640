//! `bioxen session`: each call is a process of its own.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::command::{Bioxen, Ended};

/// A folder of sessions.
pub struct Sessions(pub Bioxen);

impl Sessions {
    pub fn new() -> Sessions {
        Sessions(Bioxen::new())
    }

    /// With a session `work`.
    fn with_one() -> Sessions {
        let sessions = Sessions::new();
        sessions.call(&["new", "work"]).check(0, "", "");
        sessions
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.0.command(&[&["session"], arguments].concat());
        command.env("BIOXEN_STATE_DIR", self.folder());
        command
    }

    fn folder(&self) -> PathBuf {
        self.0.folder().join("state")
    }

    pub fn call(&self, arguments: &[&str]) -> Ended {
        self.call_with(arguments, "")
    }

    fn call_with(&self, arguments: &[&str], input: &str) -> Ended {
        let mut command = self.command(arguments);
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        // A program that reads nothing may have ended already.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        Ended::new(child.wait_with_output().unwrap())
    }

    /// Sends input that goes well, and gives what it printed.
    #[track_caller]
    pub fn ask(&self, name: &str, text: &str) -> String {
        self.call(&["send", name, text]).check(0, "", "");
        let read = self.call(&["read", name]);
        assert_eq!((read.status, read.stderr.as_str()), (0, ""));
        read.stdout
    }

    #[track_caller]
    fn list(&self) -> Vec<Value> {
        let ended = self.call(&["list", "--json"]);
        assert_eq!((ended.status, ended.stderr.as_str()), (0, ""));
        serde_json::from_str(&ended.stdout).unwrap()
    }

    fn names(&self) -> Vec<String> {
        self.list().iter().map(|session| session["name"].as_str().unwrap().to_string()).collect()
    }

    /// The files of a session, the newest last.
    fn files(&self, name: &str) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.folder()).unwrap().map(|entry| entry.unwrap());
        let own =
            entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(&format!("{name}@")));
        let mut files: Vec<_> = own.map(|entry| entry.path()).collect();
        files.sort();
        files
    }
}

#[test]
fn a_session_goes_on_from_call_to_call() {
    let sessions = Sessions::with_one();
    sessions.call(&["send", "work", "x = 42 print('set')"]).check(0, "", "");
    sessions.call(&["send", "work", "x + 1"]).check(0, "", "");
    sessions.call(&["read", "work"]).check(0, "set\n43\n", "");
    sessions.call(&["read", "work"]).check(0, "", "");
    assert_eq!(
        sessions
            .ask("work", "co = coroutine.wrap(function() for i = 1, 9 do coroutine.yield(i) end end) co()"),
        ""
    );
    assert_eq!(sessions.ask("work", "co()"), "2\n");
    sessions.call(&["send", "work", "for i = 1, 2 do"]).check(0, "", "");
    assert_eq!(sessions.ask("work", "print(i) end"), "1\n2\n");
    sessions.call_with(&["send", "work", "-"], "a = io.read()\nread by it\nprint(a)\n").check(0, "", "");
    sessions.call(&["read", "work"]).check(0, "read by it\n", "");
    assert_eq!(sessions.ask("work", "-1"), "-1\n");
    assert_eq!(sessions.ask("work", "print(io.read())"), "nil\n", "behind the input there is no more");
    assert_eq!(sessions.ask("work", ""), "");
}

#[test]
fn what_fails_is_told_and_has_a_status() {
    let sessions = Sessions::with_one();
    let trace =
        "stdin:1: no\nstack traceback:\n\t[C]: in function 'error'\n\tstdin:1: in main chunk\n\t[C]: in ?\n";
    sessions.call(&["send", "work", "x = 1 error('no')"]).check(1, "", &format!("bioxen: {trace}"));
    sessions.call(&["read", "work"]).check(0, trace, "");
    let ended = sessions.call(&["send", "--fuel", "1e7", "work", "x = 2 while true do end"]);
    ended.complains(3, &["limit `fuel` reached: ", "raise it with --fuel\n"]);
    sessions.call(&["read", "work"]);
    assert_eq!(sessions.ask("work", "x"), "1\n", "a limit takes back its line, an error does not");
    sessions
        .call(&["send", "work", "error('a', 0)\nx = 3\nerror('b', 0)"])
        .complains(1, &["bioxen: a\n", "bioxen: b\n"]);
    let many = "error('a', 0)\n".repeat(20);
    sessions.call(&["send", "work", &many]).complains(1, &["12 more statements failed"]);
    sessions.call(&["send", "work", "print('bye') os.exit(7)"]).check(7, "", "");
    sessions
        .call(&["send", "work", "1"])
        .complains(2, &["session `work` has ended with status 7", "restore work"]);
    let read = sessions.call(&["read", "work"]);
    assert!(read.stdout.ends_with("bye\n"), "{}", read.stdout);
}

#[test]
fn what_a_session_is_given_comes_with_each_call() {
    let sessions = Sessions::with_one();
    let mount = format!("{}:/data", sessions.0.folder().display());
    std::fs::write(sessions.0.folder().join("x.txt"), "GATTACA").unwrap();
    let open = "print(os.getenv('A'), io.open('/data/x.txt') and io.open('/data/x.txt'):read('a'))";
    sessions.call(&["send", "--mount", &mount, "--env", "A=b", "work", open]).check(0, "", "");
    sessions.call(&["send", "work", open]).check(0, "", "");
    sessions.call(&["read", "work"]).check(0, "b\tGATTACA\nnil\tnil\n", "");
    sessions.call(&["send", "--memory", "256M", "work", "s = ('x'):rep(1e8) print(#s)"]).check(0, "", "");
    sessions.call(&["send", "work", "1"]).complains(4, &["raise its limit `memory`"]);
    sessions.call(&["read", "work"]).check(0, "100000000\n", "");
    sessions.call(&["send", "--memory", "256M", "work", "s = nil"]).check(0, "", "");
}

#[test]
fn the_list_shows_what_there_is() {
    let sessions = Sessions::new();
    sessions.call(&["list"]).check(0, "NAME  STATE  STATUS  MEMORY  FUEL  IDLE\n", "");
    sessions.call(&["list", "--json"]).check(0, "[]\n", "");
    for name in ["b", "a:1", "ended", "broken"] {
        sessions.call(&["new", name]).check(0, "", "");
    }
    sessions.call(&["send", "ended", "os.exit(3)"]).check(3, "", "");
    for file in sessions.files("broken") {
        std::fs::write(file, "nonsense").unwrap();
    }
    std::fs::write(sessions.folder().join("stranger"), "x").unwrap();
    let shown = sessions.call(&["list"]).stdout;
    let columns = |row: &str| row.split_whitespace().take(3).collect::<Vec<_>>().join(" ");
    let rows: Vec<_> = shown.lines().map(columns).collect();
    assert_eq!(rows, ["NAME STATE STATUS", "a:1 ready -", "b ready -", "broken damaged -", "ended ended 3"]);
    let listed = sessions.list();
    assert_eq!((&listed[1]["state"], &listed[1]["status"]), (&"ready".into(), &Value::Null));
    assert!(listed[1]["memory"].as_u64().unwrap() > 100_000 && listed[1]["idle"].is_f64(), "{listed:?}");
    assert_eq!(listed[3]["status"], 3);
    let fuel = |at: usize| sessions.list()[at]["fuel"].as_u64().unwrap();
    let before = fuel(1);
    sessions.call(&["send", "b", "for i = 1, 1e5 do end"]).check(0, "", "");
    assert!(fuel(1) > before + 100_000);
}

#[test]
fn sessions_are_killed() {
    let sessions = Sessions::with_one();
    sessions.call(&["send", "work", "x = 1"]).check(0, "", "");
    sessions.call(&["kill", "work"]).check(0, "", "");
    assert_eq!(sessions.files("work").len(), 0);
    sessions.call(&["kill", "work"]).complains(2, &["no session named `work`"]);
    sessions.call(&["new", "work"]).check(0, "", "");
    assert_eq!(sessions.ask("work", "x"), "nil\n");
}

#[test]
fn snapshots_go_to_files_and_back() {
    let sessions = Sessions::with_one();
    sessions.call(&["send", "work", "n = 0 function up() n = n + 1 return n end up()"]).check(0, "", "");
    sessions.call(&["snapshot", "work", "kept"]).check(0, "", "");
    assert_eq!(sessions.ask("work", "up()"), "2\n");
    sessions.call(&["send", "work", "print('unread')"]).check(0, "", "");
    sessions.call(&["restore", "work", "kept"]).check(0, "", "");
    assert_eq!(sessions.ask("work", "up()"), "unread\n2\n");
    sessions.call(&["new", "other"]).check(0, "", "");
    sessions.call(&["restore", "other", "kept"]).check(0, "", "");
    assert_eq!(sessions.ask("other", "up()"), "2\n");
    sessions.call(&["send", "other", "os.exit(1)"]).check(1, "", "");
    sessions.call(&["snapshot", "other", "kept"]).complains(2, &["has ended"]);
    sessions.call(&["restore", "other", "kept"]).check(0, "", "");
    assert_eq!(sessions.ask("other", "up()"), "2\n", "it goes on");
    sessions.call(&["restore", "made", "kept"]).check(0, "", "");
    assert_eq!(sessions.ask("made", "up()"), "2\n", "where there was none it is made");
}

#[test]
fn damaged_and_foreign_files_are_refused() {
    let sessions = Sessions::with_one();
    sessions.call(&["send", "work", "x = 1"]).check(0, "", "");
    sessions.call(&["snapshot", "work", "kept"]).check(0, "", "");
    let file = sessions.0.folder().join("kept");
    let bytes = std::fs::read(&file).unwrap();
    let refused = |content: &[u8]| {
        std::fs::write(&file, content).unwrap();
        let ended = sessions.call(&["restore", "work", "kept"]);
        ended.complains(2, &["bioxen: "]);
        assert!(!ended.stderr.contains("recover"), "the session itself is well: {}", ended.stderr);
    };
    refused(b"");
    refused(b"print('no snapshot')");
    refused(&bytes[..bytes.len() - 1]);
    let mut changed = bytes.clone();
    changed[bytes.len() / 2] ^= 1;
    refused(&changed);
    sessions.call(&["restore", "work", "nowhere"]).complains(2, &["cannot read the snapshot `nowhere`"]);
    sessions.call(&["restore", "work", "."]).complains(4, &["cannot read the snapshot `.`"]);
    sessions.call(&["snapshot", "work", "no/such/folder"]).complains(4, &["cannot write the snapshot"]);
    assert_eq!(sessions.ask("work", "x"), "1\n");
}

#[test]
fn a_damaged_session_says_what_helps() {
    let sessions = Sessions::with_one();
    sessions.call(&["send", "work", "x = 1"]).check(0, "", "");
    sessions.call(&["send", "work", "x = 2"]).check(0, "", "");
    let newest = sessions.files("work").pop().unwrap();
    let mut bytes = std::fs::read(&newest).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&newest, bytes).unwrap();
    let told = ["bioxen session recover work", "bioxen session kill work"];
    sessions.call(&["send", "work", "x"]).complains(4, &told);
    sessions.call(&["read", "work"]).complains(4, &told);
    sessions.call(&["recover", "work"]).check(0, "", "");
    assert_eq!(sessions.ask("work", "x"), "1\n");
    for file in sessions.files("work") {
        std::fs::write(file, "").unwrap();
    }
    sessions.call(&["recover", "work"]).complains(4, &["bioxen session kill work"]);
    sessions.call(&["kill", "work"]).check(0, "", "");
    assert_eq!(sessions.names(), [""; 0]);
}

#[test]
fn forks_are_all_made_or_none() {
    let sessions = Sessions::with_one();
    sessions.call(&["send", "work", "x = 1 print('unread')"]).check(0, "", "");
    sessions.call(&["fork", "work", "a", "b"]).check(0, "", "");
    assert_eq!(sessions.ask("a", "x"), "1\n", "output is each session's own");
    sessions.call(&["send", "b", "x = 2"]).check(0, "", "");
    assert_eq!((sessions.ask("a", "x"), sessions.ask("b", "x")), ("1\n".into(), "2\n".into()));
    sessions.call(&["fork", "work", "c", "a"]).complains(2, &["`a`"]);
    sessions.call(&["fork", "work", "c", "c"]).complains(2, &["`c`"]);
    sessions.call(&["fork", "nobody", "c"]).complains(2, &["no session named `nobody`"]);
    sessions.call(&["fork", "work"]).complains(2, &["NEW"]);
    assert_eq!(sessions.names(), ["a", "b", "work"]);
}

#[test]
fn data_is_carried_across() {
    let sessions = Sessions::with_one();
    let setup = "t = {1, 'é', {deep = true}, f = print}; s = '\\xff\\0'; inf = 1/0 function f() end";
    sessions.call(&["send", "work", setup]).check(0, "", "");
    let source = "inf = 1/0\ns = \"\\xff\\x00\"\nt = {1, \"é\", {deep = true}}\n";
    let left = "bioxen: left out `f`: a function\nbioxen: left out `t.f`: a function\n";
    sessions.call(&["export", "work"]).check(0, source, left);
    sessions.call(&["export", "work", "data.lua"]).check(0, "", left);
    assert_eq!(std::fs::read_to_string(sessions.0.folder().join("data.lua")).unwrap(), source);
    sessions.call(&["import", "copy", "data.lua"]).check(0, "", "");
    assert_eq!(sessions.ask("copy", "t[2], t[3].deep, #s, inf"), "é\ttrue\t2\tinf\n");
    sessions.call_with(&["import", "third", "-"], "x = 5").check(0, "", "");
    assert_eq!(sessions.ask("third", "x"), "5\n");
    sessions.call(&["import", "copy", "data.lua"]).complains(2, &["a session named `copy` exists"]);
    sessions.call(&["import", "fourth", "nowhere"]).complains(2, &["cannot read `nowhere`"]);
    sessions.call_with(&["import", "fourth", "-"], "x = = 1").complains(1, &["import:1: "]);
    sessions
        .call_with(&["import", "--fuel", "1e6", "fourth", "-"], "while true do end")
        .complains(3, &["--fuel"]);
    sessions.call(&["export", "--result", "10", "work"]).complains(3, &["--result"]);
    assert_eq!(sessions.names(), ["copy", "third", "work"], "what fails leaves no session");
}

#[test]
fn names_are_checked() {
    let sessions = Sessions::with_one();
    let long = "x".repeat(129);
    for wrong in ["", "../x", "/x", "a/b", "a..b", ".x", "a b", "é", "\u{1b}[2J", long.as_str()] {
        for arguments in
            [&["new", wrong][..], &["read", wrong], &["fork", "work", wrong], &["import", wrong, "x"]]
        {
            sessions.call(arguments).complains(2, &["beginning with a letter or digit"]);
        }
    }
    sessions.call(&["new", &long[1..]]).check(0, "", "");
    sessions
        .call(&["new", "work"])
        .complains(2, &["a session named `work` exists", "bioxen session kill work"]);
    let unknown = "no session named `nobody`; `bioxen session list` shows them, `bioxen session new nobody` makes one\n";
    for arguments in [
        &["send", "nobody", "1"][..],
        &["read", "nobody"],
        &["attach", "nobody"],
        &["kill", "nobody"],
        &["recover", "nobody"],
        &["snapshot", "nobody", "x"],
        &["export", "nobody"],
    ] {
        sessions.call(arguments).check(2, "", &format!("bioxen: {unknown}"));
    }
}

#[test]
fn folders_that_cannot_be_used_are_named() {
    let sessions = Sessions::new();
    std::fs::write(sessions.0.folder().join("file"), "x").unwrap();
    sessions.call(&["list", "--state", "file"]).complains(4, &["cannot use `file` for states"]);
    sessions.call(&["new", "work", "--state", "a/b"]).check(0, "", "");
    assert!(sessions.0.folder().join("a/b").is_dir());
    let mut command = sessions.command(&["new", "work"]);
    command.env_remove("BIOXEN_STATE_DIR").env("XDG_STATE_HOME", sessions.0.folder().join("xdg"));
    Ended::new(command.output().unwrap()).check(0, "", "");
    assert!(sessions.0.folder().join("xdg/bioxen").is_dir());
    let mut command = sessions.command(&["list"]);
    command.env_remove("BIOXEN_STATE_DIR").env_remove("XDG_STATE_HOME").env_remove("HOME");
    Ended::new(command.output().unwrap()).complains(2, &["--state DIR"]);
}

#[test]
fn a_folder_in_use_is_waited_for_and_then_its_holder_is_named() {
    let sessions = Sessions::with_one();
    let mut holder = sessions.command(&["attach", "work"]);
    let mut holder = holder.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = holder.stdin.take().unwrap();
    input.write_all(b"print('held')\n").unwrap();
    let mut output = BufReader::new(holder.stdout.take().unwrap()).lines();
    assert_eq!(output.next().unwrap().unwrap(), "held");
    sessions.call(&["send", "work", "1"]).complains(4, &["is in use by process", &holder.id().to_string()]);
    let waiting = sessions.command(&["send", "work", "x = 'waited'"]).stderr(Stdio::piped()).spawn().unwrap();
    drop(input);
    assert!(holder.wait().unwrap().success());
    Ended::new(waiting.wait_with_output().unwrap()).check(0, "", "");
    assert_eq!(sessions.ask("work", "x"), "waited\n");
}

#[test]
fn a_kill_between_calls_and_in_the_middle_of_one_loses_nothing() {
    let sessions = Sessions::with_one();
    for round in 1..=5 {
        sessions.call(&["send", "work", &format!("x = {round}")]).check(0, "", "");
        let mut attached = sessions.command(&["attach", "--time", "none", "--fuel", "none", "work"]);
        let mut attached = attached.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut input = attached.stdin.take().unwrap();
        input.write_all(b"y = x\nprint('acknowledged')\n").unwrap();
        let mut output = BufReader::new(attached.stdout.take().unwrap()).lines();
        while output.next().unwrap().unwrap() != "acknowledged" {}
        input.write_all(b"x = 'lost' print('running') while true do end\n").unwrap();
        while output.next().unwrap().unwrap() != "running" {}
        attached.kill().unwrap();
        attached.wait().unwrap();
        sessions.call(&["send", "work", "z = x .. '/' .. y"]).check(0, "", "");
        let told = sessions.ask("work", "z");
        assert!(told.ends_with(&format!("{round}/{round}\n")), "{told}");
    }
}

/// Sends the signal by which systems ask programs to end, and waits for that.
#[track_caller]
fn terminate(mut program: Child) {
    let signal = Command::new("kill").args(["-TERM", &program.id().to_string()]).status().unwrap();
    assert!(signal.success());
    let start = Instant::now();
    let status = program.wait().unwrap();
    assert!(start.elapsed() < Duration::from_secs(5), "it took {:?}", start.elapsed());
    assert_eq!(status.signal(), Some(15), "{status}");
}

#[test]
fn a_program_that_is_asked_to_end_has_everything_acknowledged_on_disk() {
    let sessions = Sessions::with_one();
    for round in 1..=5 {
        let mut attached = sessions.command(&["attach", "--time", "none", "--fuel", "none", "work"]);
        let mut attached = attached.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut input = attached.stdin.take().unwrap();
        writeln!(input, "x = {round} print('acknowledged')").unwrap();
        let mut output = BufReader::new(attached.stdout.take().unwrap()).lines();
        while output.next().unwrap().unwrap() != "acknowledged" {}
        input.write_all(b"x = 'lost' print('running') while true do end\n").unwrap();
        while output.next().unwrap().unwrap() != "running" {}
        terminate(attached);
        let told = sessions.ask("work", "x");
        assert!(told.ends_with(&format!("{round}\n")), "{told}");

        let sending = ["send", "--time", "none", "--fuel", "none", "work", "x = 'lost' while true do end"];
        let sending = sessions.command(&sending).stdout(Stdio::null()).spawn().unwrap();
        terminate(sending);
        let told = sessions.ask("work", "x");
        assert!(told.ends_with(&format!("{round}\n")), "{told}");
    }
}

#[test]
fn messages_that_cannot_be_written_stop_nothing() {
    let sessions = Sessions::with_one();
    let full = || std::fs::File::options().write(true).open("/dev/full").unwrap();
    let mut send = sessions.command(&["send", "work", "x = 7 error('no')"]);
    let status = send.stdout(full()).stderr(full()).status().unwrap();
    assert_eq!(status.code(), Some(4), "it says that something was not said");
    let told = sessions.ask("work", "x");
    assert!(told.ends_with("7\n"), "{told}");
}

#[test]
fn output_that_could_not_be_printed_is_read_again() {
    let sessions = Sessions::with_one();
    sessions.call(&["send", "work", "print('kept')"]).check(0, "", "");
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = sessions.command(&["read", "work"]).stdout(writer).output().unwrap();
    Ended::new(output).complains(141, &[]);
    sessions.call(&["read", "work"]).check(0, "kept\n", "");
}

#[test]
fn output_that_nobody_read_in_time_is_told_of() {
    let sessions = Sessions::with_one();
    sessions.call(&["send", "work", "for i = 1, 300 do print(('x'):rep(1023)) end"]).check(0, "", "");
    let ended = sessions.call(&["read", "work"]);
    assert_eq!((ended.status, ended.stdout.len()), (0, 256 << 10));
    assert_eq!(
        ended.stderr,
        format!("bioxen: {} bytes of output were not read in time and are lost\n", (300 - 256) << 10)
    );
}

#[test]
fn a_pipe_is_a_prompt_without_prompts() {
    let sessions = Sessions::with_one();
    sessions.call(&["send", "work", "print('missed') x = 1"]).check(0, "", "");
    sessions.call_with(&["attach", "work"], "x + 1\nio.read()\nline\nfor i = 1, 2 do").check(
        0,
        "missed\n2\nline\n",
        "",
    );
    sessions.call_with(&["attach", "work"], "print(i) end\nprint(io.read())").check(0, "1\n2\nnil\n", "");
    sessions.call_with(&["attach", "work"], "os.exit(5)\nprint('never')").check(5, "", "");
    sessions.call_with(&["attach", "work", "--history", "x"], "1").complains(2, &["--history", "terminal"]);
    let mut repl = sessions.0.command(&["repl", "--session", "work", "--state", "state"]);
    let repl = repl.stdin(Stdio::null()).output().unwrap();
    assert_eq!(Ended::new(repl).status, 5, "it has ended, and says how");
    let state = sessions.0.call(&["repl", "--state", "state"]);
    state.complains(2, &["--state", "--session"]);
}

#[test]
fn help_says_what_is_kept() {
    let sessions = Sessions::new();
    let all = sessions.call(&["--help"]).stdout;
    for part in [
        "new",
        "send",
        "read",
        "attach",
        "list",
        "kill",
        "snapshot",
        "restore",
        "fork",
        "export",
        "import",
        "recover",
        "Examples:",
        "BIOXEN_STATE_DIR",
        "is not kept with it",
    ] {
        assert!(all.contains(part), "no {part:?} in {all}");
    }
    let send = sessions.call(&["send", "--help"]).stdout;
    for part in ["--mount", "--state", "is not kept with it", "Exit status:"] {
        assert!(send.contains(part), "no {part:?} in {send}");
    }
}
