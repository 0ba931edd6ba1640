;; expect: trap
;; about: no bytes behind the end of memory are a lie all the same
(func $attack (result i32)
  (call $variable (i32.const 0x50001) (i32.const 0) (i32.const 0x18000))
  (call $noted))
