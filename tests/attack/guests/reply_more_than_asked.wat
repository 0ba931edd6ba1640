;; expect: ok
;; about: results where only an end was asked for
;; call: set
(data (i32.const 0x13000) "\00\03\01\00\00\00\00\00\00\00\02\02")
(func $attack (result i32) (call $reply (i32.const 0x13000) (i32.const 12)))
