;; expect: trap
;; about: a syntax error without a message
(data (i32.const 0x13000) "\01")
(func $attack (result i32) (call $reply (i32.const 0x13000) (i32.const 1)))
