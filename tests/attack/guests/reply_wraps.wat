;; expect: trap
;; about: a reply that goes around the end of 32 bits
(func $attack (result i32) (call $reply (i32.const 0xfffffff0) (i32.const 0x20)))
