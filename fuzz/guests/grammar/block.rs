//! Statements, and functions.

use super::{Kind, Name, Program};

/// How often a loop turns at most.
const TURNS: usize = 6;

/// Ranges of `for`, of every kind that there is.
const RANGES: [&str; 16] = [
    "1, 3",
    "3, 1, -1",
    "1, 0",
    "1.0, 2.5, 0.5",
    "math.maxinteger - 1, math.maxinteger",
    "math.mininteger, math.mininteger + 1",
    "math.maxinteger, math.maxinteger + 1.0",
    "1, 3, 0",
    "'1', 2",
    "1, '2'",
    "1, 2, {}",
    "0.1, 0.3, 0.1",
    "1, math.huge",
    "-1, -math.huge, -1",
    "3, 2.9",
    "math.mininteger, math.maxinteger, math.maxinteger",
];

impl Program<'_> {
    /// Statements in a scope of their own, with what can be named in it.
    pub(super) fn body(&mut self, parameters: Option<&str>, most: usize) {
        let outer = self.names.len();
        let (varargs, goes_on) = (self.varargs, self.goes_on);
        if let Some(parameters) = parameters {
            self.goes_on = None;
            self.varargs = parameters.contains("...");
            for name in parameters.split(", ").filter(|name| !matches!(*name, "..." | "")) {
                self.names.push(Name { text: name.into(), kind: Kind::Any, assigned: true });
            }
        }
        self.depth += 1;
        for _ in 0..=self.choices.below(most) {
            self.statement();
        }
        self.depth -= 1;
        if parameters.is_some() && self.choices.one_in(2) {
            self.write("return ");
            self.list(3);
        }
        (self.varargs, self.goes_on) = (varargs, goes_on);
        self.names.truncate(outer);
    }

    pub(super) fn function(&mut self, varargs: bool) {
        let parameters = self.choices.pick(&["", "a", "a, b", "a, b, c", "...", "a, ..."]);
        let parameters =
            if varargs { parameters } else { parameters.trim_end_matches("...").trim_end_matches(", ") };
        self.function_of(parameters, Kind::Any);
    }

    /// One that should give something of a kind.
    pub(super) fn function_of(&mut self, parameters: &str, kind: Kind) {
        self.write(&format!("function({parameters}) "));
        self.function_body(parameters, kind);
    }

    fn function_body(&mut self, parameters: &str, kind: Kind) {
        if self.is_over() || self.choices.one_in(3) {
            let (outer, varargs) = (self.names.len(), self.varargs);
            self.varargs = parameters.contains("...");
            for name in parameters.split(", ").filter(|name| !matches!(*name, "..." | "")) {
                self.names.push(Name { text: name.into(), kind: Kind::Any, assigned: true });
            }
            self.write("return ");
            self.typed(kind);
            self.names.truncate(outer);
            self.varargs = varargs;
        } else {
            self.body(Some(parameters), 3);
        }
        self.write(" end");
    }

    pub(super) fn statement(&mut self) {
        if self.is_over() {
            return self.print();
        }
        match self.choices.below(24) {
            0..=3 => self.local(),
            4..=6 => self.assignment(),
            7 | 8 => self.print(),
            9 | 10 => self.call_statement(),
            11 => self.scope("do ", "end"),
            12 | 13 => self.condition(),
            14 => self.while_loop(),
            15 => self.repeat_loop(),
            16 | 17 => self.numeric_for(),
            18 | 19 => self.generic_for(),
            20 => self.local_function(),
            21 => self.leave(),
            22 => self.coroutine(),
            _ => self.odd(),
        }
    }

    /// Shows some values, a line of them.
    fn print(&mut self) {
        self.write("print(list(");
        self.list(3);
        self.write("))\n");
    }

    fn call_statement(&mut self) {
        self.write("F(");
        self.any();
        self.write(")\n");
    }

    fn local(&mut self) {
        let kind = self.kind();
        let text = format!("v{}", self.number());
        let attribute = self.choices.pick(&["", "", "", "", " <const>", " <close>"]);
        match attribute {
            " <close>" => {
                let number = self.fresh;
                self.write(&format!("local {text} <close> = "));
                match self.choices.below(5) {
                    0 => self.write("nil"),
                    1 => self.any(),
                    _ => self.write(&format!("closer({number})")),
                }
            }
            _ if self.choices.one_in(4) => {
                self.write(&format!("local {text}{attribute}, w{text} = "));
                self.list(3);
            }
            _ => {
                self.write(&format!("local {text}{attribute} = "));
                self.typed(kind);
            }
        }
        self.write("\n");
        // A constant is assigned to now and then, which no program may.
        let assigned = attribute.is_empty() || self.choices.one_in(40);
        self.names.push(Name { text, kind, assigned });
    }

    fn assignment(&mut self) {
        self.place();
        if self.choices.one_in(4) {
            self.write(", ");
            self.place();
        }
        self.write(" = ");
        self.list(2);
        self.write("\n");
    }

    /// What is assigned to.
    fn place(&mut self) {
        let known: Vec<String> =
            self.names.iter().filter(|name| name.assigned).map(|name| name.text.clone()).collect();
        match self.choices.below(5) {
            0 => {
                let name = self.choices.pick(&["N", "S", "T", "B", "A", "G", "_ENV.H"]);
                self.write(name);
            }
            1 => {
                self.table_place();
                let field = self.field();
                self.write(&format!(".{field}"));
            }
            2 => {
                self.table_place();
                self.write("[");
                self.any();
                self.write("]");
            }
            _ if known.is_empty() => self.write("A"),
            _ => {
                let name = known[self.choices.below(known.len().min(256))].clone();
                self.write(&name);
            }
        }
    }

    /// Without parentheses: a line that begins with one would go on with the line before.
    fn table_place(&mut self) {
        let tables: Vec<String> =
            self.names.iter().filter(|name| name.kind == Kind::Table).map(|name| name.text.clone()).collect();
        match tables.is_empty() {
            true => self.write("T"),
            false => {
                let name = tables[self.choices.below(tables.len().min(256))].clone();
                self.write(&name);
            }
        }
    }

    fn scope(&mut self, begin: &str, end: &str) {
        self.write(begin);
        self.body(None, 3);
        self.write(end);
        self.write("\n");
    }

    fn condition(&mut self) {
        self.write("if ");
        self.typed(Kind::Boolean);
        self.scope(" then ", "");
        for _ in 0..self.choices.below(3) {
            self.write("elseif ");
            self.any();
            self.scope(" then ", "");
        }
        if self.choices.one_in(2) {
            self.scope("else ", "");
        }
        self.write("end\n");
    }

    /// The body of a loop, which counts its turns and has a place to go on from.
    fn turns(&mut self, counter: usize, end: &str) {
        self.write(&format!("c{counter} = c{counter} + 1 if c{counter} > {TURNS} then break end "));
        let outer = self.goes_on.replace(counter);
        self.write("do ");
        self.body(None, 3);
        self.write("end ");
        self.goes_on = outer;
        self.write(&format!("::g{counter}:: {end}\n"));
    }

    fn counter(&mut self) -> usize {
        let counter = self.number();
        self.write(&format!("local c{counter} = 0 "));
        counter
    }

    fn while_loop(&mut self) {
        let counter = self.counter();
        self.write("while ");
        self.typed(Kind::Boolean);
        self.write(" do ");
        self.turns(counter, "end");
    }

    fn repeat_loop(&mut self) {
        let counter = self.counter();
        self.write("repeat ");
        self.turns(counter, "until ");
        self.typed(Kind::Boolean);
        self.write("\n");
    }

    fn numeric_for(&mut self) {
        let counter = self.counter();
        self.write(&format!("for i{counter} = "));
        if self.choices.one_in(4) {
            self.typed(Kind::Number);
            self.write(", ");
            self.typed(Kind::Number);
        } else {
            let range = self.choices.pick(&RANGES);
            self.write(range);
        }
        self.write(" do ");
        self.names.push(Name { text: format!("i{counter}"), kind: Kind::Number, assigned: true });
        self.turns(counter, "end");
        self.names.pop();
    }

    fn generic_for(&mut self) {
        let counter = self.counter();
        self.write(&format!("for k{counter}, e{counter} in "));
        match self.choices.below(8) {
            0..=2 => self.walk("sorted", Kind::Table),
            3 => self.walk("ipairs", Kind::Table),
            4 => {
                self.write("string.gmatch(");
                self.typed(Kind::Text);
                self.write(", ");
                self.pattern();
                self.write(")");
            }
            5 => {
                self.write("utf8.codes(");
                self.encoded();
                self.write(")");
            }
            6 => self.walk("coroutine.wrap", Kind::Function),
            _ => {
                self.typed(Kind::Function);
                self.write(", ");
                self.any();
                self.write(&format!(", nil, closer({counter})"));
            }
        }
        self.write(" do ");
        for letter in ["k", "e"] {
            self.names.push(Name { text: format!("{letter}{counter}"), kind: Kind::Any, assigned: true });
        }
        self.turns(counter, "end");
        self.names.truncate(self.names.len() - 2);
    }

    fn walk(&mut self, by: &str, kind: Kind) {
        self.write(&format!("{by}("));
        self.typed(kind);
        self.write(")");
    }

    fn local_function(&mut self) {
        let text = format!("f{}", self.number());
        let parameters = self.choices.pick(&["", "a", "a, b", "...", "a, ..."]);
        let own = Name { text: text.clone(), kind: Kind::Function, assigned: false };
        // One that can call itself ends by its budget: rarely, since most would not.
        let calls_itself = self.choices.one_in(12);
        if calls_itself {
            self.names.push(own.clone());
        }
        match self.choices.below(4) {
            0 => {
                self.write(&format!("T.{text} = function({parameters}) "));
                self.function_body(parameters, Kind::Any);
                self.write(&format!(" local {text} = T.{text}"));
            }
            1 => {
                self.write(&format!("local {text} = {{}} function {text}:call({parameters}) "));
                self.function_body(parameters, Kind::Any);
                self.write(&format!(" {text} = {text}.call"));
            }
            _ => {
                self.write(&format!("local function {text}({parameters}) "));
                self.function_body(parameters, Kind::Any);
            }
        }
        self.write("\n");
        if !calls_itself {
            self.names.push(own);
        }
    }

    /// Leaves a loop or function in the middle, or goes on.
    fn leave(&mut self) {
        match (self.goes_on, self.choices.below(4)) {
            (Some(label), 0 | 1) => self.write(&format!("goto g{label}\n")),
            (Some(_), 2) => self.write("do break end\n"),
            _ => {
                self.write("do return ");
                self.list(3);
                self.write(" end\n");
            }
        }
    }

    /// A coroutine that is resumed some times, and closed.
    fn coroutine(&mut self) {
        let number = self.number();
        self.write(&format!("local o{number} = coroutine.create(function(...) "));
        self.body(Some("..."), 2);
        self.write(" local r = coroutine.yield(show(...)) ");
        if self.choices.one_in(3) {
            self.write(&format!("local z <close> = closer({number}) coroutine.yield(r) "));
        }
        self.write("return r end)\n");
        for _ in 0..=self.choices.below(3) {
            self.write(&format!("print(list(coroutine.resume(o{number}, "));
            self.list(2);
            self.write(&format!("))) print(coroutine.status(o{number}))\n"));
        }
        self.write(&format!("print(list(pcall(coroutine.close, o{number})))\n"));
    }

    /// What is rarely written.
    fn odd(&mut self) {
        let number = self.number();
        match self.choices.below(9) {
            0 => self.write(&format!("goto l{number} ::l{number}::\n")),
            1 => self.write(&format!(
                "do local b{number} = 0 ::l{number}:: b{number} = b{number} + 1 if b{number} < 4 then goto l{number} end end\n"
            )),
            2 => self.write(";;;\n"),
            3 => self.write("do local _ENV <const> = {print = print} print(x, y) end\n"),
            4 => self.write(
                "collectgarbage('stop') (function() setmetatable({}, {__gc = function(o) print('gc', type(o)) end}) end)() collectgarbage() collectgarbage('restart')\n",
            ),
            5 => self.write(
                "do local w = setmetatable({}, {__mode = 'kv'}) w[1] = {} w[{}] = 1 w.x = 'kept' collectgarbage() print(#w, w.x, next(w)) end\n",
            ),
            6 => {
                self.write("do local u = {} for i = 1, 3 do local j <const> = i u[i] = function() i = i + j return i end end print(u[1](), u[1](), u[3]()) end\n");
            }
            7 => self.write("print(collectgarbage('generational'), collectgarbage('incremental'))\n"),
            _ => self.write("print(select('#', table.unpack({n = 3}, 1, 3)), (table.unpack({1, 2}, -1, 1)))\n"),
        }
    }
}
