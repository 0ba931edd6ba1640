//! The compiled guest in this process: wasmtime's engine with its pool, the module, and where the
//! guest keeps what the host reads and writes.

use std::sync::Arc;

use bioxen_lua_guest as guest;
use wasmtime::PoolingAllocationConfig;
use wasmtime::{
    Config, Enabled, Engine, InstanceAllocationStrategy, InstancePre, Linker, Module, ModuleExport, Store,
};

use crate::error::{Error, ErrorKind, Result};

use super::memory::{read_u32, slice};
use super::pages::Base;
use super::state::State;
use super::streams::FILE;
use super::track::Tracker;
use super::{calls, wasi};

/// Wasm stack of one VM. Lua's limit of 200 nested C calls needs 256 KiB; this is twice that.
const WASM_STACK: usize = 512 * 1024;

/// The whole stack of one VM: the host's functions run behind the guest's frames.
const VM_STACK: usize = WASM_STACK + 512 * 1024;

/// Bytes of a used slot that are wiped instead of unmapped when its VM is dropped: measured to make a
/// VM five times cheaper, since about as much of a small VM's memory is touched.
const KEPT_MEMORY: usize = 256 * 1024;

/// The same for the guest's table of functions: all of it.
const KEPT_TABLE: usize = 64 * 1024;

/// Bytes of a word of the guest.
const WORD: u32 = 4;

/// How large the pool of instances is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pool {
    pub live_vms: u32,
    pub max_memory: u64,
}

/// A guest in the place of the embedded one, compiled ahead of time.
#[derive(Clone, Copy)]
pub struct CompiledGuest<'a>(&'a [u8]);

impl<'a> CompiledGuest<'a> {
    /// # Safety
    ///
    /// The bytes are run as machine code: they must be what wasmtime made of a module, under the settings of
    /// `bioxen_lua_guest::configure`, and nobody may have changed them. What the module does is of no matter.
    pub unsafe fn new(image: &'a [u8]) -> CompiledGuest<'a> {
        CompiledGuest(image)
    }

    fn load(self, engine: &Engine) -> wasmtime::Result<Module> {
        // SAFETY: whoever made this value vouches for the bytes.
        unsafe { Module::deserialize(engine, self.0) }
    }
}

/// The guest, ready to be instantiated.
pub(crate) struct Image {
    pub engine: Engine,
    pub instance: InstancePre<State>,
    pub layout: Layout,
    pub exports: Exports,
    /// The memory of a fresh guest.
    pub base: Arc<Base>,
    pub tracker: Tracker,
}

/// Addresses inside the guest's memory: the struct that the guest's `layout` export points to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layout {
    /// Where lists of bytes are passed in, and how many fit.
    pub transfer: u32,
    pub transfer_size: u32,
    /// Set to 1 for a guest that has to renew itself: a copy.
    pub asleep: u32,
    /// The C library's standard output, whose buffer the host reads after a hard stop.
    pub standard_output: u32,
    /// Its standard input, from which the host takes back what a script did not read of a line.
    pub standard_input: u32,
    /// Where the shadow stack ends, which is the first thing in memory. Between two calls the stack
    /// pointer stands here, and what lies before it is of no use to anybody.
    pub stack_end: u32,
}

impl Layout {
    /// Whether all of it is there. Memory never shrinks, so it stays there.
    fn lies_in(&self, memory: &[u8]) -> bool {
        let places = [
            (self.transfer, self.transfer_size),
            (self.asleep, WORD),
            (self.standard_output, FILE),
            (self.standard_input, FILE),
            (0, self.stack_end),
        ];
        // Zero is no place for a list: it says that there is no memory for one.
        self.transfer != 0 && places.iter().all(|(address, size)| slice(memory, *address, *size).is_some())
    }
}

/// Exports by index, which saves looking up names for every call.
pub(crate) struct Exports {
    pub memory: ModuleExport,
    /// The one global that changes.
    pub stack_pointer: ModuleExport,
    pub allocate: ModuleExport,
    pub release: ModuleExport,
    pub exec: ModuleExport,
    pub echo: ModuleExport,
    pub line: ModuleExport,
    pub call: ModuleExport,
    pub get: ModuleExport,
    pub set: ModuleExport,
    pub complete: ModuleExport,
    pub inspect: ModuleExport,
    pub collect: ModuleExport,
    pub clear: ModuleExport,
    pub close: ModuleExport,
}

impl Image {
    /// The embedded guest.
    pub fn load(pool: Pool) -> Result<Image> {
        Image::make(pool, load)
    }

    /// Another guest.
    pub fn of(guest: CompiledGuest<'_>, pool: Pool) -> Result<Image> {
        Image::make(pool, |engine| guest.load(engine))
    }

    fn make(pool: Pool, load: impl FnOnce(&Engine) -> wasmtime::Result<Module>) -> Result<Image> {
        check_processor()?;
        let engine =
            Engine::new(&settings(pool)).map_err(|error| broken("cannot make the engine", &error))?;
        let module = load(&engine).map_err(|error| broken("cannot load the guest", &error))?;
        let mut linker = Linker::new(&engine);
        calls::define(&mut linker)
            .and_then(|()| wasi::define(&mut linker))
            .map_err(|error| broken("cannot define the guest's imports", &error))?;
        let instance =
            linker.instantiate_pre(&module).map_err(|error| broken("cannot link the guest", &error))?;
        let (base, layout) = look_around(&engine, &module)?;
        let exports = Exports::of(&module)?;
        Ok(Image { engine, instance, layout, exports, base: Arc::new(base), tracker: Tracker::open() })
    }
}

impl Exports {
    fn of(module: &Module) -> Result<Exports> {
        let export = |name: &str| {
            module
                .get_export_index(name)
                .ok_or_else(|| Error::new(ErrorKind::Engine, format!("the guest exports no `{name}`")))
        };
        let function = |name: &str| export(&format!("bioxen:lua/vm@0.1.0#{name}"));
        Ok(Exports {
            memory: export("memory")?,
            stack_pointer: export("__stack_pointer")?,
            allocate: export("allocate")?,
            release: export("release")?,
            exec: function("exec")?,
            echo: function("echo")?,
            line: function("line")?,
            call: function("call")?,
            get: function("get")?,
            set: function("set")?,
            complete: function("complete")?,
            inspect: function("inspect")?,
            collect: function("collect")?,
            clear: function("clear")?,
            close: function("close")?,
        })
    }
}

fn settings(pool: Pool) -> Config {
    let mut slots = PoolingAllocationConfig::new();
    slots
        .total_core_instances(pool.live_vms)
        .total_memories(pool.live_vms.saturating_mul(2)) // exception heaps are memories too
        .total_gc_heaps(pool.live_vms)
        .total_tables(pool.live_vms)
        .total_stacks(pool.live_vms)
        .max_memory_size(usize::try_from(pool.max_memory).unwrap_or(usize::MAX))
        .linear_memory_keep_resident(KEPT_MEMORY)
        .table_keep_resident(KEPT_TABLE)
        .pagemap_scan(Enabled::Auto);
    let mut config = Config::new();
    guest::configure(&mut config);
    config
        .max_wasm_stack(WASM_STACK)
        .async_stack_size(VM_STACK)
        .allocation_strategy(InstanceAllocationStrategy::Pooling(slots));
    #[cfg(target_os = "linux")]
    config.with_custom_code_memory(Some(Arc::new(EmbeddedCode)));
    config
}

/// Loads the embedded image. The first engine of the process runs it where it lies: nothing is copied,
/// and the pages of the program file are shared. wasmtime knows code by its address and takes none twice,
/// so further engines have copies.
fn load(engine: &Engine) -> wasmtime::Result<Module> {
    #[cfg(target_os = "linux")]
    {
        use std::sync::atomic::{AtomicBool, Ordering};
        static TAKEN: AtomicBool = AtomicBool::new(false);
        if !TAKEN.swap(true, Ordering::Relaxed) {
            // SAFETY: the bytes were made by the build step of `bioxen_lua_guest` from the guest, with the
            // settings of `guest::configure`; they are static, and nobody can put anything in their place.
            return unsafe { Module::deserialize_raw(engine, std::ptr::NonNull::from(guest::IMAGE)) };
        }
    }
    // SAFETY: as above.
    unsafe { Module::deserialize(engine, guest::IMAGE) }
}

/// Makes the code inside the embedded image executable. It stays so: another engine of this process may
/// run it.
#[cfg(target_os = "linux")]
struct EmbeddedCode;

#[cfg(target_os = "linux")]
impl wasmtime::CustomCodeMemory for EmbeddedCode {
    fn required_alignment(&self) -> usize {
        rustix::param::page_size()
    }

    fn publish_executable(&self, code: *const u8, size: usize) -> wasmtime::Result<()> {
        use rustix::mm::{MprotectFlags, mprotect};
        // SAFETY: the range is the text section of the image or of a copy of it, in whole pages that
        // nobody writes to.
        unsafe { mprotect(code.cast_mut().cast(), size, MprotectFlags::READ | MprotectFlags::EXEC) }?;
        Ok(())
    }

    fn unpublish_executable(&self, _code: *const u8, _size: usize) -> wasmtime::Result<()> {
        Ok(())
    }
}

/// Looks at the memory of a throw-away instance, whose imports all trap, and asks it where things are.
fn look_around(engine: &Engine, module: &Module) -> Result<(Base, Layout)> {
    let ask = || -> wasmtime::Result<Option<(Base, Layout)>> {
        let mut linker = Linker::new(engine);
        linker.define_unknown_imports_as_traps(module)?;
        let mut store = Store::new(engine, ());
        store.set_fuel(1_000_000)?;
        let instance = linker.instantiate(&mut store, module)?;
        let Some(memory) = instance.get_memory(&mut store, "memory") else { return Ok(None) };
        let fresh = memory.data(&store).to_vec();
        let address = instance.get_typed_func::<(), u32>(&mut store, "layout")?.call(&mut store, ())?;
        let layout = read_layout(memory.data(&store), address);
        Ok(layout.map(|layout| (Base::new(&fresh, layout.stack_end), layout)))
    };
    ask()
        .map_err(|error| broken("the guest did not start", &error))?
        .ok_or_else(|| Error::new(ErrorKind::Engine, "the guest's layout is damaged"))
}

fn read_layout(memory: &[u8], address: u32) -> Option<Layout> {
    let word = |at: u32| read_u32(memory, address.checked_add(at * WORD)?);
    let layout = Layout {
        transfer: word(0)?,
        transfer_size: word(1)?,
        asleep: word(2)?,
        standard_output: word(3)?,
        standard_input: word(4)?,
        stack_end: word(5)?,
    };
    layout.lies_in(memory).then_some(layout)
}

fn broken(what: &str, error: &wasmtime::Error) -> Error {
    Error::new(ErrorKind::Engine, format!("{what}: {error:?}"))
}

/// The image needs what x86-64-v2 has; wasmtime would refuse to load it too, less clearly.
#[cfg(target_arch = "x86_64")]
fn check_processor() -> Result<()> {
    let has = [
        ("sse3", is_x86_feature_detected!("sse3")),
        ("ssse3", is_x86_feature_detected!("ssse3")),
        ("sse4.1", is_x86_feature_detected!("sse4.1")),
        ("sse4.2", is_x86_feature_detected!("sse4.2")),
        ("popcnt", is_x86_feature_detected!("popcnt")),
    ];
    match has.iter().find(|(_, present)| !present) {
        None => Ok(()),
        Some((feature, _)) => Err(Error::new(
            ErrorKind::Engine,
            format!("this processor lacks `{feature}`: expected x86-64-v2, any since about 2009"),
        )),
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn check_processor() -> Result<()> {
    Ok(())
}
