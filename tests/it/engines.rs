//! Several engines in one process, as two libraries that embed this one would make them.

use bioxen_lua::{Engine, Vm, VmConfig};

fn answers(engine: &Engine) -> i64 {
    let mut vm = Vm::new(engine, VmConfig::default()).expect("a VM can be made");
    vm.exec("return 6 * 7").wait().expect("it takes calls").value().expect("it returns a number")
}

#[test]
fn engines_live_side_by_side_and_after_each_other() {
    let first = Engine::new().expect("an engine can be made");
    let second = Engine::new().expect("a second engine can be made");
    assert_eq!((answers(&first), answers(&second)), (42, 42));
    drop(first);
    assert_eq!(answers(&second), 42);
    let third = Engine::new().expect("an engine can be made after another");
    assert_eq!((answers(&second), answers(&third)), (42, 42));
}
