;; expect: ok
;; about: a table with a key that no table has: what is no number
;; result: 1
(data (i32.const 0x13000) "\06\00\00\00\00\01\00\00\00\04\00\00\00\00\00\00\f8\7f\02")
(func $attack (result i32)
  (call $call (i32.const 0x62304dea) (i32.const 0x13000) (i32.const 19) (i32.const 0x18000))
  (call $note32 (i32.load8_u (i32.const 0x11000)))
  (call $noted))
