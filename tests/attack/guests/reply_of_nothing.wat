;; expect: trap
;; about: a reply without a status
(func $attack (result i32) (call $reply (i32.const 0x13000) (i32.const 0)))
