;; expect: ok
;; about: every call with a handle that names nothing
;; result: 8 8 8 8 8 8 8 8 8
(func $attack (result i32)
  (call $part (i32.const 0x13000) (i32.const 0x13100) (i32.const 4))
  (call $note32 (call $fd_close (i32.const 65536)))
  (call $note32 (call $fd_fdstat_get (i32.const 65536) (i32.const 0x18000)))
  (call $note32 (call $fd_fdstat_set_flags (i32.const 65536) (i32.const 1)))
  (call $note32 (call $fd_prestat_get (i32.const 65536) (i32.const 0x18000)))
  (call $note32 (call $fd_prestat_dir_name (i32.const 65536) (i32.const 0x18000) (i32.const 5)))
  (call $note32 (call $fd_read (i32.const 65536) (i32.const 0x13000) (i32.const 1) (i32.const 0x18000)))
  (call $note32 (call $fd_write (i32.const 65536) (i32.const 0x13000) (i32.const 1) (i32.const 0x18000)))
  (call $note32 (call $fd_seek (i32.const 65536) (i64.const 0) (i32.const 0) (i32.const 0x18000)))
  (call $note32 (call $fd_readdir (i32.const 65536) (i32.const 0x18100) (i32.const 64) (i64.const 0) (i32.const 0x18000)))
  (call $noted))
