;; expect: limit result
;; about: more values than results may be: the host counts for itself
(func $attack (result i32)
  (call $reply (i32.const 0x30000) (i32.const 0x1100)))
