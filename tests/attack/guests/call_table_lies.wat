;; expect: ok
;; about: a table of 2^32 values and as many pairs in nine bytes
;; result: 1
(data (i32.const 0x13000) "\06\ff\ff\ff\ff\ff\ff\ff\ff")
(func $attack (result i32)
  (call $call (i32.const 0x62304dea) (i32.const 0x13000) (i32.const 9) (i32.const 0x18000))
  (call $note32 (i32.load8_u (i32.const 0x11000)))
  (call $noted))
