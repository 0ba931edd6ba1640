;; expect: trap
;; about: a path that is not in memory
(func $attack (result i32)
  (call $denied (i32.const 0x4ffff) (i32.const 100))
  (call $noted))
