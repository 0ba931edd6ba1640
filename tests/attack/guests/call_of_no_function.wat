;; expect: ok
;; about: numbers of host functions that nobody gave
;; result: 1 1 1
(func $attack (result i32)
  (call $call (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0x18000))
  (call $note32 (i32.load8_u (i32.const 0x11000)))
  (call $call (i32.const -1) (i32.const 0) (i32.const 0) (i32.const 0x18000))
  (call $note32 (i32.load8_u (i32.const 0x11000)))
  (call $call (i32.const 0x80000000) (i32.const 0x50000) (i32.const 0) (i32.const 0x18000))
  (call $note32 (i32.load8_u (i32.const 0x11000)))
  (call $noted))
