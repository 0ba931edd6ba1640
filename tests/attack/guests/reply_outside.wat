;; expect: trap
;; about: a reply that is not in memory
(func $attack (result i32) (call $reply (i32.const 0x4ffff) (i32.const 2)))
