;; expect: ok
;; about: many arguments are no harm
;; result: 301
(func $attack (result i32)
  (call $call (i32.const 0x62304dea) (i32.const 0x30000) (i32.const 300) (i32.const 0x18000))
  (call $note32 (i32.load (i32.const 0x18000)))
  (call $noted))
