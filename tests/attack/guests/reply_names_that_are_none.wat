;; expect: ok
;; about: a completion that is no list of names
;; call: complete
(data (i32.const 0x13000) "\00\06\02\00\00\00\00\00\00\00\01\05\01\00\00\00\ff")
(func $attack (result i32) (call $reply (i32.const 0x13000) (i32.const 17)))
