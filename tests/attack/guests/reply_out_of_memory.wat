;; expect: memory
;; about: the guest says itself that its memory is full
(data (i32.const 0x13000) "\07")
(func $attack (result i32) (call $reply (i32.const 0x13000) (i32.const 1)))
