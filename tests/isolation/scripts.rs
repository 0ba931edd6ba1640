//! Scripts whose runs must be equal: those of the tests, and made ones.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::random::Random;

pub struct Script {
    pub name: String,
    pub source: String,
}

/// So many different ones.
pub fn different(count: usize) -> Result<Vec<Script>> {
    let mut scripts = of_the_tests()?;
    ensure!(scripts.len() > 200, "{} scripts of the tests are left", scripts.len());
    scripts.truncate(count);
    let made = (1..).take(count - scripts.len());
    scripts.extend(made.map(|seed| Script { name: format!("made-{seed}"), source: make(&mut Random(seed)) }));
    Ok(scripts)
}

/// Those that ask no clock. What they expect is not asked here: without their files and variables they fail, always
/// in the same way.
fn of_the_tests() -> Result<Vec<Script>> {
    let mut files = Vec::new();
    add(&mut files, &Path::new(env!("CARGO_MANIFEST_DIR")).join("lua"))?;
    files.sort();
    let read = |file: PathBuf| -> Result<Script> {
        let source = fs::read(&file).with_context(|| file.display().to_string())?;
        Ok(Script { name: file.display().to_string(), source: String::from_utf8_lossy(&source).into_owned() })
    };
    let scripts = files.into_iter().map(read).collect::<Result<Vec<_>>>()?;
    let clocks = ["os.time", "os.clock", "os.date", "gettime", "monotonic", "sleep"];
    Ok(scripts
        .into_iter()
        .filter(|script| !clocks.iter().any(|clock| script.source.contains(clock)))
        .collect())
}

fn add(files: &mut Vec<PathBuf>, folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            add(files, &path)?;
        } else if path.extension().is_some_and(|extension| extension == "lua") {
            files.push(path);
        }
    }
    Ok(())
}

/// What a made script consists of; `@` stands for a number of its own.
const STATEMENTS: [&str; 16] = [
    "for i = 1, @ do sum = sum + i * @ % 1009 end",
    "for i = 1, @ % 400 do t[i] = { i, name = 'n' .. i * @ } end",
    "for i = 1, @ % 300 do t['k' .. i % 97] = (t['k' .. i % 97] or 0) + @ end",
    "text = text .. ('ab@'):rep(@ % 50)",
    "text = text:gsub('a', 'x@', @ % 20):sub(-2000)",
    "sum = sum + select(2, pcall(error, @))",
    "do local co = coroutine.wrap(function() for i = 1, @ % 60 do coroutine.yield(i * @) end return 0 end) for i = 1, @ % 10 + 1 do sum = sum + co() if i > @ % 50 then break end end end",
    "table.sort(list, function(a, b) return a % 97 < b % 97 end)",
    "for i = 1, @ % 200 do list[i] = (i * @) % 1013 end",
    "for word in text:gmatch('%a+') do count = count + #word % 7 end",
    "setmetatable({}, { __gc = function() finalized = finalized + 1 end })",
    "if @ % 3 == 0 then collectgarbage() else collectgarbage('step', @ % 100) end",
    "sum = sum + #table.pack(table.unpack(list, 1, @ % 100))",
    "sum = sum + math.random(@) + math.floor(@ * 1.5) // 7",
    "text = ('%d:%s:%5.2f'):format(@, text:sub(1, 40), @ / 7)",
    "do local f <close> = setmetatable({}, { __close = function() sum = sum + @ end }) sum = sum ~ @ end",
];

fn make(random: &mut Random) -> String {
    let mut source =
        String::from("local sum, count, text, t, list = 0, 0, '', {}, { 3, 1, 2 }\nfinalized = 0\n");
    for _ in 0..8 + random.below(24) {
        let mut parts = random.of(&STATEMENTS).split('@');
        source += parts.next().unwrap_or_default();
        for part in parts {
            source += &(1 + random.below(5_000)).to_string();
            source += part;
        }
        source.push('\n');
    }
    source + "print(sum, count, #text, text, #list, finalized, tostring(t))\nreturn sum, count, text, list\n"
}
