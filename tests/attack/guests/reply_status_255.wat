;; expect: trap
;; about: a status that is none, the largest
(data (i32.const 0x13000) "\ff")
(func $attack (result i32) (call $reply (i32.const 0x13000) (i32.const 1)))
