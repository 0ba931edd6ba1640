;; expect: trap
;; about: a syntax error whose message is no text
(data (i32.const 0x13000) "\01\03\00\00\00\00\00\00\00\00")
(func $attack (result i32) (call $reply (i32.const 0x13000) (i32.const 10)))
