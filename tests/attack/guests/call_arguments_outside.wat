;; expect: trap
;; about: arguments that are not in memory
(func $attack (result i32)
  (call $call (i32.const 0x62304dea) (i32.const 0x4ffff) (i32.const 2) (i32.const 0x18000))
  (call $noted))
