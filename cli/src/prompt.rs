//! Where the lines of the prompt come from: a person at a terminal, or a pipe.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::Validator;
use rustyline::{CompletionType, Config, Context, Editor, Helper};

use crate::input::Input;
use crate::report::Fault;

/// Lines that are kept for the arrow keys, by choice.
const HISTORY: usize = 10_000;

const KEYWORDS: [&str; 22] = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local",
    "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
];

/// Where lines come from.
pub enum Prompt {
    /// A person, who can edit them.
    Terminal(Box<Terminal>),
    /// A pipe or a file: without prompts.
    Pipe(Input),
}

/// What the prompt was answered.
pub enum Answer {
    /// A line, without its newline.
    Line(Vec<u8>),
    /// Ctrl-C: what was begun is dropped.
    Cleared,
    /// Nothing comes any more.
    End,
}

/// A line editor with history and completion.
pub struct Terminal {
    editor: Editor<Names, FileHistory>,
    history: Option<PathBuf>,
}

impl Prompt {
    /// A line editor where standard input is a terminal, with what completes a name before the cursor, and
    /// with a file for its history, if there is one.
    pub fn open(
        input: &Input,
        complete: impl Fn(&str) -> Vec<String> + 'static,
        history: Option<&Path>,
    ) -> Result<Prompt, Fault> {
        match (io::stdin().is_terminal(), history) {
            (true, history) => Prompt::terminal(Names(Box::new(complete)), history),
            (false, None) => Ok(Prompt::Pipe(input.clone())),
            (false, Some(_)) => Err(Fault::Usage(
                "--history is for lines that are typed: expected standard input to be a terminal".into(),
            )),
        }
    }

    fn terminal(names: Names, history: Option<&Path>) -> Result<Prompt, Fault> {
        let config = Config::builder()
            .completion_type(CompletionType::List)
            .max_history_size(HISTORY)
            .map_err(broken)?
            .build();
        let mut editor = Editor::with_config(config).map_err(broken)?;
        editor.set_helper(Some(names));
        if let Some(file) = history {
            load(&mut editor, file)?;
        }
        Ok(Prompt::Terminal(Box::new(Terminal { editor, history: history.map(Path::to_path_buf) })))
    }

    /// Whether lines are typed.
    pub fn is_terminal(&self) -> bool {
        matches!(self, Prompt::Terminal(_))
    }

    /// The next line. A pipe is shown no prompt.
    pub fn read(&mut self, prompt: &str) -> Result<Answer, Fault> {
        match self {
            Prompt::Terminal(terminal) => match terminal.editor.readline(prompt) {
                Ok(line) => Ok(Answer::Line(line.into_bytes())),
                Err(ReadlineError::Interrupted) => Ok(Answer::Cleared),
                Err(ReadlineError::Eof) => Ok(Answer::End),
                Err(error) => Err(broken(error)),
            },
            Prompt::Pipe(input) => {
                let mut line = input
                    .line()
                    .map_err(|error| Fault::Host(format!("cannot read standard input: {error}")))?;
                if line.is_empty() {
                    return Ok(Answer::End);
                }
                line.pop_if(|last| *last == b'\n');
                Ok(Answer::Line(line))
            }
        }
    }

    /// Keeps a whole statement for the arrow keys, and in the file if there is one.
    pub fn remember(&mut self, statement: &[u8]) -> Result<(), String> {
        let Prompt::Terminal(terminal) = self else { return Ok(()) };
        let Ok(statement) = str::from_utf8(statement) else { return Ok(()) };
        let kept = terminal.editor.add_history_entry(statement).and_then(|_| match &terminal.history {
            Some(file) => terminal.editor.append_history(file),
            None => Ok(()),
        });
        kept.map_err(|error| format!("cannot keep the history: {error}"))
    }
}

fn load(editor: &mut Editor<Names, FileHistory>, file: &Path) -> Result<(), Fault> {
    match editor.load_history(file) {
        Ok(()) => Ok(()),
        Err(ReadlineError::Io(error)) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Fault::Usage(format!(
            "--history: cannot read `{}`: {error}; expected a file of earlier lines, or none yet",
            file.display()
        ))),
    }
}

fn broken(error: ReadlineError) -> Fault {
    Fault::Host(format!("the terminal failed: {error}"))
}

/// Completes names of a Lua state: what could follow a text, such as `string.re`.
struct Names(Box<Complete>);

type Complete = dyn Fn(&str) -> Vec<String>;

impl Completer for Names {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        position: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        let path = path_before(&line[..position]);
        let name = path.rfind(['.', ':']).map_or(path, |separator| &path[separator + 1..]);
        let mut names = (self.0)(path);
        // The names are the guest's: anything may be in them, also what a terminal would obey.
        names.retain(|name| is_name(name));
        if name.len() == path.len() {
            names.extend(KEYWORDS.iter().filter(|word| word.starts_with(name)).map(|word| word.to_string()));
        }
        names.sort();
        names.dedup();
        Ok((position - name.len(), names))
    }
}

/// What stands before the cursor and could be completed: `string.re`, `object:me`.
fn path_before(text: &str) -> &str {
    let part = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.:".contains(byte);
    let length = text.bytes().rev().take_while(part).count();
    &text[text.len() - length..]
}

fn is_name(name: &str) -> bool {
    !name.starts_with(|first: char| first.is_ascii_digit())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !KEYWORDS.contains(&name)
}

impl Hinter for Names {
    type Hint = String;
}

impl Highlighter for Names {}

impl Validator for Names {}

impl Helper for Names {}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use bioxen_lua::{Vm, VmConfig};
    use rustyline::history::MemHistory;

    use super::*;
    use crate::machine;

    #[track_caller]
    fn check(setup: &str, line: &str, expected: &[&str]) {
        let mut vm = Vm::new(&machine::engine().unwrap(), VmConfig::default()).unwrap();
        vm.exec(setup).wait().unwrap();
        let history = MemHistory::new();
        let vm = RefCell::new(vm);
        let names = Names(Box::new(move |text| vm.borrow_mut().complete(text).wait().unwrap()));
        let (start, names) = names.complete(line, line.len(), &Context::new(&history)).unwrap();
        let lines: Vec<String> = names.iter().map(|name| format!("{}{name}", &line[..start])).collect();
        assert_eq!(lines, expected);
    }

    #[test]
    fn names_are_completed() {
        check("", "x = string.re", &["x = string.rep", "x = string.reverse"]);
        check("gene = {length = 3, locus = 1}", "print(gene.l", &["print(gene.length", "print(gene.locus"]);
        check("sequence = 'GATTACA'", "sequence:rev", &["sequence:reverse"]);
        check("codons = {}", "co", &["codons", "collectgarbage", "coroutine"]);
        check("", "nothing.here.x", &[]);
    }

    #[test]
    fn keywords_are_completed_where_a_name_begins() {
        check("", "fu", &["function"]);
        check("t = {}", "t.fu", &[]);
        check("", "x = n", &["x = next", "x = nil", "x = not"]);
    }

    #[test]
    fn a_name_that_cannot_be_typed_is_not_offered() {
        check(
            "t = {fine = 1, ['\\27[2J'] = 1, ['a b'] = 1, ['1st'] = 1, ['end'] = 1, ['é'] = 1}",
            "t.",
            &["t.fine"],
        );
    }

    #[test]
    fn no_function_of_the_script_is_called() {
        let setup = "t = setmetatable({}, {__index = function() called = true end, __pairs = error})";
        check(setup, "t.x.y", &[]);
        check(setup, "calle", &[]);
    }
}
