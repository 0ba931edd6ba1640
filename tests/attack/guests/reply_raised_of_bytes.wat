;; expect: raised
;; about: a Lua error whose texts are no text
(data (i32.const 0x13000) "\02\00\05\02\00\00\00\ff\fe\05\01\00\00\00\80")
(func $attack (result i32) (call $reply (i32.const 0x13000) (i32.const 15)))
