;; expect: ok
;; about: a session whose every statement is only begun
;; call: session
(data (i32.const 0x13000) "\01\05\01\00\00\00x\02")
(func $attack (result i32) (call $reply (i32.const 0x13000) (i32.const 8)))
