;; expect: trap
;; about: the function ran, and its reply has no place
(func $attack (result i32)
  (call $call (i32.const 0x62304dea) (i32.const 0) (i32.const 0) (i32.const 0x4fff8))
  (call $noted))
