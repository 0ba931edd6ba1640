;; expect: trap
;; about: flags for times that go past 16 bits
(data (i32.const 0x13100) ".")
(func $attack (result i32)
  (call $note32 (call $path_filestat_set_times (i32.const 3) (i32.const 1) (i32.const 0x13100) (i32.const 1) (i64.const 0) (i64.const 0) (i32.const -1)))
  (call $noted))
