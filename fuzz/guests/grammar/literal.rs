//! Numbers at the edges, and constructors of tables.

use super::{Kind, Program};

const INTEGERS: [&str; 26] = [
    "0",
    "1",
    "2",
    "3",
    "5",
    "7",
    "10",
    "16",
    "63",
    "64",
    "100",
    "255",
    "256",
    "65536",
    "0x7fffffff",
    "0x80000000",
    "0xffffffff",
    "0x100000000",
    "9007199254740993",
    "math.maxinteger",
    "math.mininteger",
    "(math.maxinteger - 1)",
    "0x7fffffffffffffff",
    "0xffffffffffffffff",
    "9223372036854775807",
    "9223372036854775808",
];

const FLOATS: [&str; 26] = [
    "0.0",
    "-0.0",
    "0.5",
    "1.0",
    "1.5",
    "2.0",
    "3.0",
    "-2.5",
    "0.1",
    "1e15",
    "1e16",
    "1e100",
    "1e308",
    "2.5e-308",
    "2^53",
    "2^63",
    "-2^63",
    "(1/0)",
    "(-1/0)",
    "(0/0)",
    "0x1p-3",
    "0x.8p1",
    "3.14159",
    "1e-5",
    "123456.789",
    "2147483648.0",
];

impl Program<'_> {
    pub(super) fn integer(&mut self) {
        if self.choices.one_in(4) {
            self.write("-");
        }
        let text = self.choices.pick(&INTEGERS);
        self.write(text);
    }

    /// One that loops and copies can do with.
    pub(super) fn small(&mut self) {
        let text = self.choices.pick(&["0", "1", "2", "3", "4", "5", "-1", "-2", "9", "2.0"]);
        self.write(text);
    }

    pub(super) fn float(&mut self) {
        let text = self.choices.pick(&FLOATS);
        self.write(text);
    }

    /// A position in a text or table: mostly near, sometimes far beyond. Where C has 32 bits for a size, Lua reads one
    /// that is too large for that as what is left of it: `at` gives the largest of all instead.
    pub(super) fn position(&mut self) {
        if !self.choices.one_in(3) {
            return self.small();
        }
        self.write("at(");
        if self.choices.one_in(2) {
            self.integer()
        } else {
            self.typed(Kind::Number)
        }
        self.write(")");
    }

    /// A table: a sequence, fields, computed keys, calls and `...` at its end.
    pub(super) fn constructor(&mut self) {
        self.write("{");
        for _ in 0..self.choices.below(5) {
            match self.choices.below(8) {
                0 => {
                    let field = self.field();
                    self.write(field);
                    self.write(" = ");
                    self.any();
                }
                1 => {
                    self.write("[");
                    self.any();
                    self.write("] = ");
                    self.any();
                }
                2 => self.write("nil"),
                3 if self.varargs => self.write("..."),
                _ => self.any(),
            }
            let separator = self.choices.pick(&[", ", "; "]);
            self.write(separator);
        }
        self.write("}");
    }

    pub(super) fn field(&mut self) -> &'static str {
        self.choices.pick(&["x", "y", "n", "name", "a", "b", "__index", "value"])
    }
}
