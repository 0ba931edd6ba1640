;; expect: trap
;; about: a result with a key that no table has
(data (i32.const 0x13000) "\00\06\00\00\00\00\01\00\00\00\00\02")
(func $attack (result i32) (call $reply (i32.const 0x13000) (i32.const 12)))
