;; expect: ok
;; about: paths of bytes that are no text, with a NUL, and of no bytes
;; result: 25 28 25 44 28 28 28
(data (i32.const 0x13100) "\ff\fea\00b\ed\a0\80")
(func $attack (result i32)
  (call $note32 (call $path_open (i32.const 3) (i32.const 1) (i32.const 0x13100) (i32.const 2) (i32.const 1) (i64.const 0x46) (i64.const 0x46) (i32.const 0) (i32.const 0x18000)))
  (call $note32 (call $path_open (i32.const 3) (i32.const 1) (i32.const 0x13102) (i32.const 3) (i32.const 1) (i64.const 0x46) (i64.const 0x46) (i32.const 0) (i32.const 0x18000)))
  (call $note32 (call $path_open (i32.const 3) (i32.const 1) (i32.const 0x13105) (i32.const 3) (i32.const 1) (i64.const 0x46) (i64.const 0x46) (i32.const 0) (i32.const 0x18000)))
  (call $note32 (call $path_open (i32.const 3) (i32.const 1) (i32.const 0x13100) (i32.const 0) (i32.const 1) (i64.const 0x46) (i64.const 0x46) (i32.const 0) (i32.const 0x18000)))
  (call $note32 (call $path_create_directory (i32.const 3) (i32.const 0x13102) (i32.const 2)))
  (call $note32 (call $path_unlink_file (i32.const 3) (i32.const 0x13102) (i32.const 3)))
  (call $note32 (call $path_filestat_get (i32.const 3) (i32.const 0) (i32.const 0x13102) (i32.const 3) (i32.const 0x18000)))
  (call $noted))
