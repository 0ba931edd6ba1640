;; expect: limit time
;; about: a host function that waits for ever
;; limit: time=100ms
(func $attack (result i32)
  (call $call (i32.const 0xed36dee7) (i32.const 0) (i32.const 0) (i32.const 0x18000))
  (call $noted))
