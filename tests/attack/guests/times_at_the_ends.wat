;; expect: ok
;; about: times that no clock has, and flags that contradict each other
;; result: 0 28 0 0
(data (i32.const 0x13100) ".")
(func $attack (result i32)
  (call $note32 (call $path_filestat_set_times (i32.const 3) (i32.const 1) (i32.const 0x13100) (i32.const 1) (i64.const -1) (i64.const -1) (i32.const 5)))
  (call $note32 (call $path_filestat_set_times (i32.const 3) (i32.const 1) (i32.const 0x13100) (i32.const 1) (i64.const 0) (i64.const 0) (i32.const 15)))
  (call $note32 (call $path_filestat_set_times (i32.const 3) (i32.const 1) (i32.const 0x13100) (i32.const 1) (i64.const 0x8000000000000000) (i64.const 1) (i32.const 5)))
  (call $note32 (call $path_filestat_set_times (i32.const 3) (i32.const 1) (i32.const 0x13100) (i32.const 1) (i64.const 1) (i64.const 1) (i32.const 0)))
  (call $noted))
