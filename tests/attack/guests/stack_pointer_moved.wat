;; expect: error Engine
;; about: a snapshot of a guest that says its stack is in use
;; call: snapshot
(global $sp (export "__stack_pointer") (mut i32) (i32.const 0x10000))
(func (export "bioxen:lua/vm@0.1.0#collect") (result i32) (global.set $sp (i32.const 0x8000)) (i32.const 1))
