;; expect: limit result
;; about: the guest says itself that it has too much
(data (i32.const 0x13000) "\04")
(func $attack (result i32) (call $reply (i32.const 0x13000) (i32.const 1)))
