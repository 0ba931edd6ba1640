;; expect: ok
;; about: arguments that cost more than a host function may be given
;; result: 1
(func $attack (result i32)
  (call $call (i32.const 0x62304dea) (i32.const 0x30000) (i32.const 0x20000) (i32.const 0x18000))
  (call $note32 (i32.load8_u (i32.const 0x11000)))
  (call $noted))
