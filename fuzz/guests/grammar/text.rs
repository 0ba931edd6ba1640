//! Strings, patterns and formats.

use super::Program;

const WORDS: [&str; 18] = [
    "''",
    "'a'",
    "'ab'",
    "'10'",
    "'0x1p4'",
    "' 5 '",
    "'-0'",
    "'1e1'",
    "'nan'",
    "'hello world'",
    "'%d+'",
    "'\\0x\\0'",
    "'\\xff\\u{20AC}\\z  \\65'",
    "'\\u{7FFFFFFF}'",
    "[[\nlong\n]]",
    "[==[a]]b]==]",
    "'9223372036854775808'",
    "'a,b,,c'",
];

const PATTERNS: [&str; 26] = [
    "''",
    "'.'",
    "'a*'",
    "'.-b'",
    "'%w+'",
    "'(%w+) (%w+)'",
    "'()'",
    "'%b()'",
    "'%f[%w]%w+'",
    "'^%s*(.-)%s*$'",
    "'[^,]*'",
    "'[%a_][%w_]*'",
    "'(a)(b)%2'",
    "'[]]'",
    "'[^%]-]+'",
    "'%'",
    "'[a'",
    "'(a'",
    "'a)'",
    "'%f'",
    "'%b'",
    "'x?x?x?xxx'",
    "'(.)%1'",
    "'[\\0-\\31]'",
    "'%g%p%c%l%u%x%D'",
    "'((a)(.))'",
];

const FORMATS: [&str; 30] = [
    "%d", "%5d", "%-5d|", "%05d", "%+d", "%.3d", "%i", "%x", "%#x", "%X", "%o", "%c", "%s", "%10s", "%-10s|",
    "%.2s", "%q", "%g", "%.3g", "%e", "%.0e", "%f", "%.2f", "%5.1f", "%+.1f", "%%", "%y", "%10.123f", "%",
    "% d",
];

const PACKS: [&str; 20] = [
    "'<i4'",
    "'>I2'",
    "'z'",
    "'s1'",
    "'>s2'",
    "'<i3'",
    "'<i16'",
    "'>I16'",
    "'<f'",
    "'<d'",
    "'<n'",
    "'>j'",
    "'bBhH'",
    "'<i2xi2'",
    "'!4 i1 i4'",
    "'!8 b Xd d'",
    "'c5'",
    "'i17'",
    "'<!3 i4'",
    "'y'",
];

const ENCODED: [&str; 8] = [
    "'añ€𐍈'",
    "'\\xC0\\x80'",
    "'\\xED\\xA0\\x80'",
    "'\\xF4\\x90\\x80\\x80'",
    "'abc\\xE3def'",
    "'\\u{7FFFFFFF}\\u{D7FF}'",
    "'\\xff'",
    "''",
];

impl Program<'_> {
    pub(super) fn word(&mut self) {
        let word = self.choices.pick(&WORDS);
        self.write(word);
    }

    pub(super) fn pattern(&mut self) {
        let pattern = self.choices.pick(&PATTERNS);
        self.write(pattern);
    }

    pub(super) fn encoded(&mut self) {
        let text = self.choices.pick(&ENCODED);
        self.write(text);
    }

    pub(super) fn packing(&mut self) {
        let packing = self.choices.pick(&PACKS);
        self.write(packing);
    }

    /// `string.format` with one to three conversions, and about as many arguments.
    pub(super) fn format(&mut self) {
        let conversions = 1 + self.choices.below(3);
        self.write("string.format('");
        for _ in 0..conversions {
            let conversion = self.choices.pick(&FORMATS);
            self.write(conversion);
            self.write(" ");
        }
        self.write("'");
        for _ in 0..conversions {
            self.write(", show(");
            self.any();
            self.write(")");
        }
        self.write(")");
    }

    /// A replacement of `string.gsub`.
    pub(super) fn replacement(&mut self) {
        match self.choices.below(6) {
            0 => self.write("'<%0>'"),
            1 => self.write("'%1%2%%'"),
            2 => self.write("'%9'"),
            3 => self.write("{ a = 'A', ['10'] = false, b = true, x = 7 }"),
            4 => self.write("function(a, b) return b or a and #tostring(show(a)) end"),
            _ => self.typed(super::Kind::Text),
        }
    }
}
