;; expect: trap
;; about: a reply that is larger than memory
(func $attack (result i32) (call $reply (i32.const 0) (i32.const -1)))
