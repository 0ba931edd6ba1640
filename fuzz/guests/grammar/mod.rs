//! Lua programs out of bytes: every statement and expression, the library's functions with usual and odd arguments.
//!
//! What a program prints depends on nothing but the language: no addresses, no order of `pairs`, no clock, nothing that
//! is wider on other machines (`string.pack` with `l`, `T` or a plain `s`), no last digits of functions for which the C
//! library may round as it likes. Loops count. Most of a program is inside of `pcall`, so that an error is not its end.

mod block;
mod choices;
mod expression;
mod library;
mod literal;
mod text;

pub use choices::Choices;

/// What every program begins with: on one line, so that lines are those of the rest.
const PRELUDE: &str = include_str!("prelude.lua");

/// Parts of a program: more say nothing new, and take time.
const MOST_ACTS: usize = 6;

/// A program as it is written.
pub struct Program<'a> {
    choices: Choices<'a>,
    text: String,
    /// What can be named at this place, innermost last.
    names: Vec<Name>,
    /// What may still be written before everything becomes as simple as it can.
    budget: usize,
    /// Statements in statements, expressions in expressions.
    depth: usize,
    /// Numbers for names that nothing assigns to: counters, labels.
    fresh: usize,
    /// Whether `...` can be named here.
    varargs: bool,
    /// The label that ends the body of the innermost loop of this function.
    goes_on: Option<usize>,
}

#[derive(Clone)]
struct Name {
    text: String,
    kind: Kind,
    assigned: bool,
}

/// What an expression is likely to be. A program may be wrong about it: then it raises an error.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Number,
    Text,
    Boolean,
    Table,
    Function,
    Any,
}

const KINDS: [Kind; 6] = [Kind::Number, Kind::Text, Kind::Boolean, Kind::Table, Kind::Function, Kind::Any];

/// The program that some bytes say.
pub fn program(bytes: &[u8]) -> Vec<u8> {
    let mut program = Program {
        choices: Choices::new(bytes),
        text: PRELUDE.replace('\n', " ") + "\n",
        names: Vec::new(),
        budget: 24,
        depth: 0,
        fresh: 0,
        varargs: true,
        goes_on: None,
    };
    program.budget += program.choices.below(160);
    for _ in 0..=program.choices.below(MOST_ACTS) {
        program.act();
    }
    if program.choices.one_in(12) {
        return program.damaged();
    }
    program.text.into_bytes()
}

impl Program<'_> {
    fn write(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Whether the next part has to be a simple one.
    fn is_over(&mut self) -> bool {
        self.budget = self.budget.saturating_sub(1);
        self.budget == 0 || self.depth > 7
    }

    fn kind(&mut self) -> Kind {
        self.choices.pick(&KINDS)
    }

    fn number(&mut self) -> usize {
        self.fresh += 1;
        self.fresh
    }

    /// Part of the program that ends alone, whatever happens in it.
    fn act(&mut self) {
        match self.choices.below(10) {
            0 => self.statement(),
            1 => {
                self.write("print(pcall(coroutine.wrap(function(...) ");
                self.body(Some("..."), 4);
                self.write(" end)))\n");
            }
            2 => {
                self.write("print(list(xpcall(function(...) ");
                self.body(Some("..."), 4);
                self.write(" end, function(e) return 'handled', show(e) end, 1, 'x', {})))\n");
            }
            _ => {
                self.write("print(list(pcall(function(...) ");
                self.body(Some("..."), 6);
                self.write(" end, ");
                self.list(3);
                self.write(")))\n");
            }
        }
    }

    /// The program with some bytes changed, which is mostly none any more.
    fn damaged(mut self) -> Vec<u8> {
        let mut bytes = std::mem::take(&mut self.text).into_bytes();
        let start = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(0);
        for _ in 0..=self.choices.below(3) {
            let at =
                start + (self.choices.below(256) * 256 + self.choices.below(256)) % (bytes.len() - start);
            match self.choices.below(4) {
                0 => drop(bytes.remove(at)),
                1 => bytes.insert(at, self.choices.pick(b"()[]{}<>=~\"'\\.,:;#%^&|-+*/0xe\n\0\xff")),
                2 => bytes.truncate(at),
                _ => bytes[at] = self.choices.pick(b" end()\"\\\n0.x"),
            }
            if bytes.len() <= start {
                break;
            }
        }
        bytes
    }
}
