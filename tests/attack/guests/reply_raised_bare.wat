;; expect: trap
;; about: a Lua error without its parts
(data (i32.const 0x13000) "\02\00")
(func $attack (result i32) (call $reply (i32.const 0x13000) (i32.const 2)))
