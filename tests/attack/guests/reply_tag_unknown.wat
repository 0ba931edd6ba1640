;; expect: trap
;; about: a value of a kind that is not
(data (i32.const 0x13000) "\00\07")
(func $attack (result i32) (call $reply (i32.const 0x13000) (i32.const 2)))
