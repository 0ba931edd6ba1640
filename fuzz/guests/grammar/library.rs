//! Calls of the standard library.

use super::{Kind, Program};

/// What a `$` stands for in a call: `n` a number, `i` a position, `m` a small number, `s` a text, `t` a table, `f` a
/// function, `a` anything, `b` a boolean, `p` a pattern, `r` a replacement, `k` a format of `string.pack`, `u` encoded
/// text. Of `math.fmod` one is a number always: which of two that are none is named is the C compiler's choice.
type Calls = [&'static str];

const NUMBERS: &Calls = &[
    "math.abs($n)",
    "math.ceil($n)",
    "math.floor($n)",
    "math.fmod($n, 3)",
    "math.fmod(7.5, $n)",
    "math.max($n, $n, $n)",
    "math.min($n, $n)",
    "math.tointeger($a)",
    "math.sqrt(2)",
    "near(math.sin($n))",
    "near(math.exp($m))",
    "near(math.log($n, $n))",
    "near(math.atan($n, $n))",
    "near(math.cos($n))",
    "tonumber($s)",
    "tonumber($s, $i)",
    "tonumber($a)",
    "string.len($s)",
    "string.byte($s, $i)",
    "utf8.len($u, $i, $i, $b)",
    "utf8.codepoint($u, $i)",
    "utf8.offset($u, $i, $i)",
    "rawlen($t)",
    "select('#', $a, $a)",
    "string.find($s, $p, $i)",
    "string.find($s, $s, $i, true)",
    "string.unpack($k, $s, $i)",
    "string.packsize($k)",
    "#table.pack($a, nil, $a)",
    "(math.modf($n))",
    "math.randomseed($n)",
    "math.random(0)",
    "math.random($i, $i)",
    "near(math.random())",
    "collectgarbage()",
];

const TEXTS: &Calls = &[
    "tostring(show($a))",
    "string.rep($s, $m, $s)",
    "string.sub($s, $i, $i)",
    "string.upper($s)",
    "string.lower($s)",
    "string.reverse($s)",
    "string.char($m, 65, $n)",
    "string.gsub($s, $p, $r)",
    "string.gsub($s, $p, $r, $i)",
    "string.match($s, $p, $i)",
    "table.concat($t, $s)",
    "table.concat($t, $s, $i, $i)",
    "utf8.char($n, 8364)",
    "type($a)",
    "math.type($n)",
    "string.pack($k, $a)",
    "string.pack($k, $a, $a)",
    "string.format('%q', show($a))",
    "select(2, pcall($f, $a))",
    "select(2, load($s))",
    "utf8.charpattern",
    "coroutine.status(coroutine.create($f))",
    "select(2, pcall(error, $a, $m))",
    "string.rep('ab', $i)",
];

const BOOLEANS: &Calls = &[
    "rawequal($a, $a)",
    "math.ult($n, $n)",
    "pcall($f, $a)",
    "next($t) == nil",
    "coroutine.isyieldable()",
    "coroutine.close(coroutine.create($f))",
    "load($s) ~= nil",
    "(pcall(string.rep, $s, $n))",
    "select(2, coroutine.running())",
];

const TABLES: &Calls = &[
    "table.pack($a, $a)",
    "table.move($t, $i, $m, $m)",
    "table.move({1, 2, 3}, 1, 3, $i, $t)",
    "table.pack(table.unpack($t, $i, $m))",
    "setmetatable($t, $t)",
    "object($t, $t)",
    "getmetatable($t)",
    "table.pack(pcall($f, $a))",
    "table.pack(xpcall($f, $f, $a))",
    "table.pack(string.byte($s, 1, $i))",
    "rawset($t, $a, $a)",
    "table.pack(utf8.codepoint($u, 1, -1, $b))",
    "table.pack(coroutine.resume(coroutine.create($f), $a))",
    "setmetatable({}, {__index = $t, __newindex = $f})",
];

const FUNCTIONS: &Calls = &[
    "coroutine.wrap($f)",
    "load($s)",
    "load('return ' .. $s)",
    "load('local a <const>, b = 1, ... return a, b', 'c')",
    "select(1, $f)",
    "string.gmatch($s, $p)",
    "assert($f)",
];

const ANY: &Calls = &[
    "rawget($t, $a)",
    "table.remove($t)",
    "table.remove($t, $i)",
    "table.unpack($t)",
    "table.unpack($t, $i, $m)",
    "assert($a, $a)",
    "error($a)",
    "error($a, $m)",
    "coroutine.yield($a)",
    "coroutine.wrap($f)($a)",
    "getmetatable($a)",
    "select($i, $a, $a)",
    "pcall(pcall, $f)",
    "xpcall($f, $f)",
    "load($f)",
    "(next({$a}))",
    "table.insert($t, $a)",
    "table.insert($t, $i, $a)",
    "table.sort($t)",
    "table.sort($t, $f)",
    "getmetatable($s).__name",
    "string.unpack($k, $s)",
    "tostring($b)",
    "_VERSION",
    "_ENV.N",
    "collectgarbage('isrunning')",
    "F($a, $a)",
    "math.pi",
];

/// Of texts, behind a colon.
const METHODS: &Calls = &[
    "upper()",
    "rep($m)",
    "rep($m, ',')",
    "sub($i, $i)",
    "byte($i, $i)",
    "find($p)",
    "find($p, $i, $b)",
    "match($p)",
    "gsub($p, $r)",
    "gsub($p, $r, $m)",
    "len()",
    "format($a)",
    "reverse()",
    "none()",
    "x",
];

impl Program<'_> {
    pub(super) fn library(&mut self, kind: Kind) {
        let calls = match kind {
            Kind::Number => NUMBERS,
            Kind::Text => TEXTS,
            Kind::Boolean => BOOLEANS,
            Kind::Table => TABLES,
            Kind::Function => FUNCTIONS,
            Kind::Any => ANY,
        };
        let call = self.choices.pick(calls);
        self.filled(call);
    }

    pub(super) fn method_of_text(&mut self) {
        let call = self.choices.pick(METHODS);
        self.filled(call);
    }

    /// The call with its arguments.
    fn filled(&mut self, call: &str) {
        let mut parts = call.split('$');
        self.write(parts.next().unwrap_or_default());
        for part in parts {
            let (hole, rest) = part.split_at(1);
            match hole {
                "n" => self.typed(Kind::Number),
                "i" => self.position(),
                "m" => self.small(),
                "s" => self.typed(Kind::Text),
                "t" => self.typed(Kind::Table),
                "f" => self.typed(Kind::Function),
                "b" => self.typed(Kind::Boolean),
                "p" => self.pattern(),
                "r" => self.replacement(),
                "k" => self.packing(),
                "u" => self.encoded(),
                _ => self.any(),
            }
            self.write(rest);
        }
    }
}
