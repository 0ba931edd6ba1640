;; expect: ok
;; about: clocks that are not there, and results that have no place
;; result: 28 28 28 21 21 0
(func $attack (result i32)
  (call $note32 (call $clock_time_get (i32.const 99) (i64.const 0) (i32.const 0x18000)))
  (call $note32 (call $clock_time_get (i32.const -1) (i64.const 0) (i32.const 0x18000)))
  (call $note32 (call $clock_time_get (i32.const 2) (i64.const 0) (i32.const 0x18000)))
  (call $note32 (call $clock_time_get (i32.const 0) (i64.const -1) (i32.const 0x4fff9)))
  (call $note32 (call $clock_time_get (i32.const 1) (i64.const 0) (i32.const -1)))
  (call $note32 (call $clock_time_get (i32.const 1) (i64.const 0) (i32.const 0x18003)))
  (call $noted))
