;; expect: ok
;; about: a host function that panics is a Lua error
;; result: 1
(func $attack (result i32)
  (call $call (i32.const 0xb07177ad) (i32.const 0) (i32.const 0) (i32.const 0x18000))
  (call $note32 (i32.load8_u (i32.const 0x11000)))
  (call $noted))
