;; expect: ok
;; about: a file that was opened to be read is not written
;; result: 0 0 8 58
(data (i32.const 0x13100) "a")
(func $attack (result i32)
  (call $note32 (call $path_open (i32.const 3) (i32.const 1) (i32.const 0x13100) (i32.const 1) (i32.const 1) (i64.const 0x46) (i64.const 0x46) (i32.const 0) (i32.const 0x18000)))
  (call $note32 (call $path_open (i32.const 3) (i32.const 1) (i32.const 0x13100) (i32.const 1) (i32.const 0) (i64.const 0x6) (i64.const 0x6) (i32.const 0) (i32.const 0x18000)))
  (call $part (i32.const 0x13000) (i32.const 0x13100) (i32.const 1))
  (call $note32 (call $fd_write (i32.const 65537) (i32.const 0x13000) (i32.const 1) (i32.const 0x18000)))
  (call $note32 (call $fd_fdstat_set_flags (i32.const 65537) (i32.const 1)))
  (call $noted))
