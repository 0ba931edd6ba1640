;; expect: trap
;; about: arguments whose size wraps around
(func $attack (result i32)
  (call $call (i32.const 0x62304dea) (i32.const 0xfffffff0) (i32.const 0x11) (i32.const 0x18000))
  (call $noted))
