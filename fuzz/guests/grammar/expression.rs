//! Expressions, by what they are likely to be.

use super::{Kind, Program};

const ARITHMETIC: [&str; 15] = ["+", "-", "*", "/", "//", "%", "^", "&", "|", "~", "<<", ">>", "+", "-", "*"];

const COMPARISONS: [&str; 6] = ["<", "<=", ">", ">=", "==", "~="];

impl Program<'_> {
    pub(super) fn any(&mut self) {
        let kind = self.kind();
        self.typed(kind);
    }

    /// So many expressions at most, behind commas.
    pub(super) fn list(&mut self, most: usize) {
        for at in 0..=self.choices.below(most) {
            self.write(if at == 0 { "" } else { ", " });
            self.any();
        }
    }

    pub(super) fn typed(&mut self, kind: Kind) {
        if self.is_over() {
            return self.simple(kind);
        }
        // One of another kind, now and then: most errors are about that.
        let kind = if self.choices.one_in(24) { self.kind() } else { kind };
        self.depth += 1;
        match self.choices.below(10) {
            0 | 1 => self.name(kind),
            2 => self.operation(kind),
            3 => self.call(kind),
            _ => match kind {
                Kind::Number => self.of_numbers(),
                Kind::Text => self.of_texts(),
                Kind::Boolean => self.of_booleans(),
                Kind::Table => self.of_tables(),
                Kind::Function => self.of_functions(),
                Kind::Any => self.of_any(),
            },
        }
        self.depth -= 1;
    }

    /// Without other expressions in it.
    fn simple(&mut self, kind: Kind) {
        match kind {
            Kind::Number if self.choices.one_in(2) => self.float(),
            Kind::Number => self.integer(),
            Kind::Text => self.word(),
            Kind::Boolean => {
                let text = self.choices.pick(&["true", "false", "nil"]);
                self.write(text);
            }
            Kind::Table => {
                let text = self.choices.pick(&["{}", "{1, 2, 3}", "{x = 1}", "{n = 3, 'a', nil, 'c'}", "T"]);
                self.write(text);
            }
            Kind::Function => {
                let text = self.choices.pick(&["F", "string.len", "tostring", "error", "rawlen", "math.abs"]);
                self.write(text);
            }
            Kind::Any => {
                let text = self.choices.pick(&["nil", "N", "S", "T", "B", "A", "F", "1", "'x'"]);
                self.write(text);
            }
        }
    }

    /// Something that has a name here; likely one of this kind.
    pub(super) fn name(&mut self, kind: Kind) {
        let of_kind: Vec<usize> = (0..self.names.len()).filter(|at| self.names[*at].kind == kind).collect();
        if self.names.is_empty() || (of_kind.is_empty() && self.choices.one_in(2)) {
            return self.simple(kind);
        }
        let at = match of_kind.is_empty() {
            true => self.choices.below(self.names.len().min(256)),
            false => of_kind[self.choices.below(of_kind.len().min(256))],
        };
        let name = self.names[at].text.clone();
        self.write(&name);
    }

    fn in_parentheses(&mut self, part: impl FnOnce(&mut Self)) {
        self.write("(");
        part(self);
        self.write(")");
    }

    fn binary(&mut self, left: Kind, operator: &str, right: Kind) {
        self.in_parentheses(|program| {
            program.typed(left);
            program.write(&format!(" {operator} "));
            program.typed(right);
        });
    }

    /// `and`, `or`, a choice of two, or parentheses around a call.
    fn operation(&mut self, kind: Kind) {
        match self.choices.below(4) {
            0 => self.binary(Kind::Any, "and", kind),
            1 => self.binary(kind, "or", Kind::Any),
            2 => self.in_parentheses(|program| {
                program.typed(Kind::Boolean);
                program.write(" and ");
                program.typed(kind);
                program.write(" or ");
                program.typed(kind);
            }),
            _ => self.in_parentheses(|program| program.call(kind)),
        }
    }

    /// A call of a function that has a name, of one that is written here, or of a method.
    pub(super) fn call(&mut self, kind: Kind) {
        match self.choices.below(6) {
            0 => {
                self.in_parentheses(|program| program.function(false));
                self.arguments();
            }
            1 => {
                self.prefix(Kind::Table);
                let field = self.field();
                self.write(&format!(":{field}"));
                self.arguments();
            }
            2 => {
                self.prefix(Kind::Text);
                self.write(":");
                self.method_of_text();
            }
            3 => {
                self.prefix(Kind::Function);
                self.arguments();
            }
            _ => self.library(kind),
        }
    }

    /// What may stand before a call or an index.
    pub(super) fn prefix(&mut self, kind: Kind) {
        self.in_parentheses(|program| program.name(kind));
    }

    fn arguments(&mut self) {
        match self.choices.below(5) {
            0 => self.word_argument(),
            1 => self.constructor(),
            2 => self.write("()"),
            _ => self.in_parentheses(|program| program.list(3)),
        }
    }

    fn word_argument(&mut self) {
        self.write(" ");
        self.word();
    }

    fn of_numbers(&mut self) {
        match self.choices.below(10) {
            0 | 1 => self.integer(),
            2 => self.float(),
            3..=6 => {
                let operator = self.choices.pick(&ARITHMETIC);
                self.binary(Kind::Number, operator, Kind::Number);
            }
            7 => self.unary(Kind::Number, &["-", "~", "- -", "-~"]),
            8 => {
                let kind = if self.choices.one_in(2) { Kind::Text } else { Kind::Table };
                self.unary(kind, &["#"]);
            }
            _ => self.library(Kind::Number),
        }
    }

    fn unary(&mut self, kind: Kind, operators: &[&str]) {
        let operator = self.choices.pick(operators);
        self.in_parentheses(|program| {
            program.write(operator);
            program.typed(kind);
        });
    }

    fn of_texts(&mut self) {
        match self.choices.below(6) {
            0 | 1 => self.word(),
            2 => {
                let other = if self.choices.one_in(2) { Kind::Number } else { Kind::Text };
                self.binary(Kind::Text, "..", other);
            }
            3 => self.format(),
            _ => self.library(Kind::Text),
        }
    }

    fn of_booleans(&mut self) {
        match self.choices.below(6) {
            0 => self.simple(Kind::Boolean),
            1 => self.unary(Kind::Any, &["not ", "not not "]),
            2 => self.library(Kind::Boolean),
            _ => {
                let operator = self.choices.pick(&COMPARISONS);
                let kind = self.choices.pick(&[Kind::Number, Kind::Number, Kind::Text, Kind::Any]);
                self.binary(kind, operator, kind);
            }
        }
    }

    fn of_tables(&mut self) {
        match self.choices.below(6) {
            0..=2 => self.constructor(),
            3 => self.object(),
            4 => self.library(Kind::Table),
            _ => self.simple(Kind::Table),
        }
    }

    /// A table with metamethods.
    fn object(&mut self) {
        self.write("object(");
        self.constructor();
        self.write(", {");
        for _ in 0..=self.choices.below(4) {
            let (name, parameters, kind) = self.choices.pick(&METAMETHODS);
            self.write(&format!("{name} = "));
            match (name, self.choices.below(6)) {
                ("__index" | "__newindex", 0..=2) => self.typed(Kind::Table),
                (_, 0) => self.any(),
                _ => self.function_of(parameters, kind),
            }
            self.write(", ");
        }
        self.write("})");
    }

    fn of_functions(&mut self) {
        match self.choices.below(4) {
            0 => self.simple(Kind::Function),
            1 => self.library(Kind::Function),
            _ => self.function(true),
        }
    }

    fn of_any(&mut self) {
        match self.choices.below(6) {
            0 if self.varargs => self.in_parentheses(|program| program.write("...")),
            1 => {
                self.prefix(Kind::Table);
                let field = self.field();
                self.write(&format!(".{field}"));
            }
            2 => {
                self.prefix(Kind::Table);
                self.write("[");
                self.any();
                self.write("]");
            }
            3 => {
                self.write("select(");
                self.small();
                self.write(", ");
                self.list(3);
                self.write(")");
            }
            4 => self.library(Kind::Any),
            _ => self.simple(Kind::Any),
        }
    }
}

/// Metamethods, their parameters, and what they should give.
const METAMETHODS: [(&str, &str, Kind); 27] = [
    ("__index", "t, k", Kind::Any),
    ("__newindex", "t, k, v", Kind::Any),
    ("__call", "self, ...", Kind::Any),
    ("__add", "a, b", Kind::Number),
    ("__sub", "a, b", Kind::Number),
    ("__mul", "a, b", Kind::Any),
    ("__div", "a, b", Kind::Number),
    ("__mod", "a, b", Kind::Number),
    ("__pow", "a, b", Kind::Any),
    ("__unm", "a", Kind::Number),
    ("__idiv", "a, b", Kind::Any),
    ("__band", "a, b", Kind::Number),
    ("__bor", "a, b", Kind::Any),
    ("__bxor", "a, b", Kind::Any),
    ("__shl", "a, b", Kind::Any),
    ("__shr", "a, b", Kind::Number),
    ("__bnot", "a", Kind::Number),
    ("__concat", "a, b", Kind::Text),
    ("__len", "a", Kind::Number),
    ("__eq", "a, b", Kind::Boolean),
    ("__lt", "a, b", Kind::Boolean),
    ("__le", "a, b", Kind::Boolean),
    ("__tostring", "a", Kind::Text),
    ("__close", "a, e", Kind::Any),
    ("__metatable", "a", Kind::Any),
    ("__pairs", "a", Kind::Any),
    ("__mode", "a", Kind::Text),
];
