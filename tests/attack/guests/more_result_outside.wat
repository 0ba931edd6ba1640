;; expect: trap
;; about: a piece without a place
(func $attack (result i32)
  (call $call (i32.const 0x99c35eed) (i32.const 0x13000) (i32.const 0) (i32.const 0x18000))
  (call $more (i32.const 4096) (i32.const 0x4fffc))
  (call $noted))
