;; expect: ok
;; about: paths that are longer than memory, or than paths are
;; result: 37 21 37 28 21 21 37 21
(func $attack (result i32)
  (call $note32 (call $path_open (i32.const 3) (i32.const 1) (i32.const 0x13100) (i32.const -1) (i32.const 1) (i64.const 0x46) (i64.const 0x46) (i32.const 0) (i32.const 0x18000)))
  (call $note32 (call $path_open (i32.const 3) (i32.const 1) (i32.const 0x4ffff) (i32.const 2) (i32.const 1) (i64.const 0x46) (i64.const 0x46) (i32.const 0) (i32.const 0x18000)))
  (call $note32 (call $path_open (i32.const 3) (i32.const 1) (i32.const 0x20000) (i32.const 4097) (i32.const 1) (i64.const 0x46) (i64.const 0x46) (i32.const 0) (i32.const 0x18000)))
  (call $note32 (call $path_open (i32.const 3) (i32.const 1) (i32.const 0x20000) (i32.const 4096) (i32.const 1) (i64.const 0x46) (i64.const 0x46) (i32.const 0) (i32.const 0x18000)))
  (call $note32 (call $path_unlink_file (i32.const 3) (i32.const -1) (i32.const 16)))
  (call $note32 (call $path_rename (i32.const 3) (i32.const 0x13100) (i32.const 1) (i32.const 3) (i32.const -1) (i32.const 16)))
  (call $note32 (call $path_rename (i32.const 3) (i32.const 0x13100) (i32.const -1) (i32.const 3) (i32.const -1) (i32.const 16)))
  (call $note32 (call $path_filestat_set_times (i32.const 3) (i32.const 0) (i32.const 0x4ffff) (i32.const 9) (i64.const 0) (i64.const 0) (i32.const 5)))
  (call $noted))
