;; expect: ok
;; about: a value of a kind that is not
;; result: 1
(data (i32.const 0x13000) "\09")
(func $attack (result i32)
  (call $call (i32.const 0x62304dea) (i32.const 0x13000) (i32.const 1) (i32.const 0x18000))
  (call $note32 (i32.load8_u (i32.const 0x11000)))
  (call $noted))
