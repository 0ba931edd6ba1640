;; expect: trap
;; about: address and size of a name wrap around the end of 32 bits
(func $attack (result i32)
  (call $module (i32.const 0xfffffff0) (i32.const 0x20) (i32.const 0x18000))
  (call $noted))
