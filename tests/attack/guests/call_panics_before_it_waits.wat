;; expect: ok
;; about: an asynchronous host function that panics before there is anything to wait for
;; result: 1
(func $attack (result i32)
  (call $call (i32.const 0xd1832986) (i32.const 0) (i32.const 0) (i32.const 0x18000))
  (call $note32 (i32.load8_u (i32.const 0x11000)))
  (call $noted))
