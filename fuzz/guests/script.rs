//! Programs run by a guest and by native Lua: they print the same, and end in the same way.

use std::cell::OnceCell;

use bioxen_lua::{Chunk, Engine, EngineConfig, Failure, Limits, Vm, VmConfig};
use mlua::{Lua, LuaOptions, StdLib};

use super::grammar::program;

/// Some 20 ms: programs that take longer are not compared.
const FUEL: u64 = 30_000_000;

/// Memory of a guest, in bytes. Values are smaller in it than in native Lua, so one that comes near its limit, where errors
/// begin that no other machine has, is not compared either.
const MEMORY: u64 = 64 << 20;
const COMPARED: u64 = 24 << 20;

/// Memory of the native state, in bytes: more than any program needs that comes near no limit of a guest's.
const NATIVE_MEMORY: usize = 256 << 20;

/// Lua's words for a limit that may lie elsewhere on another machine.
const OUT_OF_MEMORY: &str = "not enough memory";

/// The runner's word for an error object whose metamethod fails.
const UNPRINTABLE: &str = "unprintable";

/// Runs a program natively as the command `lua` would: its text, then how it ended and with which message.
const NATIVE: &str = r#"
local load, pcall, type, tostring, pack, concat, rawlen, getmetatable, rawget =
  load, pcall, type, tostring, table.pack, table.concat, rawlen, getmetatable, rawget
local printed, lines = {}, 0
local function write(piece)
  lines = lines + 1
  printed[lines] = piece
end
function print(...)
  local line = pack(...)
  for i = 1, line.n do
    local piece = tostring(line[i]) -- fails before the next one, and behind the last
    write(i > 1 and "\t" .. piece or piece)
  end
  write("\n")
end
local function text(e)
  if type(e) == "string" or type(e) == "number" then return tostring(e) end
  local m = getmetatable(e)
  local h = type(m) == "table" and rawget(m, "__tostring")
  if m ~= nil and not h then return "unprintable" end -- `__metatable` may hide the other
  if h then
    local ok, s = pcall(h, e)
    if not ok then return "unprintable" end
    if type(s) == "string" then return s end
  end
  return "(error object is a " .. type(e) .. " value)"
end
return function(source)
  local run, problem = load(source, "=script", "t")
  if not run then return "syntax", problem, "" end
  local ok, e = pcall(run)
  return ok and "returned" or "raised", ok and "" or text(e), concat(printed)
end
"#;

/// What a program came to.
#[derive(Debug, PartialEq)]
struct Ending {
    kind: &'static str,
    message: String,
    output: String,
}

/// Whether a program could be compared.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub enum Comparison {
    Same,
    /// It came to a limit.
    Limited,
}

/// Of the program that some bytes say.
pub fn script(bytes: &[u8]) {
    compare(&program(bytes));
}

/// Runs a program in both.
///
/// # Panics
///
/// When they differ, or the guest breaks.
pub fn compare(source: &[u8]) -> Comparison {
    compared(source).unwrap_or_else(|difference| panic!("{}\n{difference}", String::from_utf8_lossy(source)))
}

/// The same, with the difference as text.
pub fn compared(source: &[u8]) -> Result<Comparison, String> {
    let Some(guest) = in_guest(source) else { return Ok(Comparison::Limited) };
    let Some(native) = native(source) else { return Ok(Comparison::Limited) };
    if [&guest, &native].iter().any(|ending| ending.mentions(OUT_OF_MEMORY)) {
        return Ok(Comparison::Limited);
    }
    if !guest.is_as(&native) {
        return Err(format!("--- in the guest\n{guest:#?}\n--- native\n{native:#?}"));
    }
    Ok(Comparison::Same)
}

impl Ending {
    fn new(kind: &'static str, message: &[u8], output: &[u8]) -> Ending {
        // A message is text here: what is not UTF-8 was replaced in the guest's.
        let message = String::from_utf8_lossy(message);
        Ending { kind, message: plain(message.as_bytes()), output: plain(output) }
    }

    /// How an error is told that cannot be made a text is every program's own affair.
    fn is_as(&self, native: &Ending) -> bool {
        native.message == UNPRINTABLE && (self.kind, &self.output) == (native.kind, &native.output)
            || self == native
    }

    fn mentions(&self, text: &str) -> bool {
        self.message.contains(text) || self.output.contains(text)
    }
}

/// Without what may differ: addresses, and the places of errors in or above `print`, which has none in the guest.
fn plain(text: &[u8]) -> String {
    let text = text.escape_ascii().to_string().replace("\\n", "\n").replace("\\'", "'");
    let text = without(&text, "native:", behind_place);
    let text =
        without(&text, ": 0x", |address| address.trim_start_matches(|digit: char| digit.is_ascii_hexdigit()));
    let parts = text.split("'__tostring' must");
    let places = parts.map(|part| match part.rfind("script:") {
        Some(at) if behind_place(&part[at + "script:".len()..]).is_empty() => &part[..at],
        _ => part,
    });
    places.collect::<Vec<_>>().join("'__tostring' must")
}

/// Behind each place of `mark` without what `rest` leaves out; a mark that ends in a colon goes too.
fn without(text: &str, mark: &str, rest: fn(&str) -> &str) -> String {
    let mut parts = text.split(mark);
    let first = parts.next().unwrap_or_default().to_string();
    let mark = if mark.ends_with(':') { "" } else { mark };
    parts.fold(first, |text, part| text + mark + rest(part))
}

/// Behind the number of a line.
fn behind_place(text: &str) -> &str {
    let rest = text.trim_start_matches(|digit: char| digit.is_ascii_digit());
    rest.strip_prefix(": ").unwrap_or(rest)
}

thread_local! {
    static ENGINE: OnceCell<Engine> = const { OnceCell::new() };
}

fn engine() -> Engine {
    let make = || {
        let config = EngineConfig { live_vms: 4, ..EngineConfig::default() };
        Engine::with(config).expect("an engine")
    };
    ENGINE.with(|engine| engine.get_or_init(make).clone())
}

/// `None` when it came to a limit.
fn in_guest(source: &[u8]) -> Option<Ending> {
    let limits = Limits { fuel: Some(FUEL), memory: Some(MEMORY), time: None, ..Limits::default() };
    let mut vm = Vm::new(&engine(), VmConfig::default().limits(limits)).expect("a VM");
    let outcome = vm.exec(Chunk::new(source).name("=script")).wait().expect("it runs");
    if outcome.out_of_memory || outcome.usage.memory > COMPARED {
        return None;
    }
    let output = outcome.stdout.as_bytes();
    Some(match outcome.result {
        Ok(_) | Err(Failure::Conversion { .. }) => Ending::new("returned", b"", output),
        Err(Failure::Syntax { message, .. }) => Ending::new("syntax", message.as_bytes(), output),
        Err(Failure::Raised { message, .. }) => Ending::new("raised", message.as_bytes(), output),
        Err(Failure::Limit { .. }) => return None,
        Err(other) => panic!("{}\n{other:?}", String::from_utf8_lossy(source)),
    })
}

/// `None` when it came to its limit.
fn native(source: &[u8]) -> Option<Ending> {
    // Which leaves `pcall` and `xpcall` as Lua has them.
    let options = LuaOptions::new().catch_rust_panics(true);
    let lua = Lua::new_with(StdLib::ALL_SAFE, options).expect("a native state");
    // What a guest refuses as too large for 32 bits may only be large here.
    lua.set_memory_limit(NATIVE_MEMORY).expect("a limit");
    let run: mlua::Function = lua.load(NATIVE).set_name("=native").eval().expect("the runner");
    let source = lua.create_string(source).expect("the source");
    let ended: mlua::Result<(String, mlua::LuaString, mlua::LuaString)> = run.call(source);
    let (kind, message, output) = match ended {
        Err(mlua::Error::MemoryError(_)) => return None,
        ended => ended.expect("it catches all errors"),
    };
    let kind = ["returned", "raised", "syntax"].into_iter().find(|known| *known == kind).expect("a kind");
    Some(Ending::new(kind, &message.as_bytes(), &output.as_bytes()))
}
