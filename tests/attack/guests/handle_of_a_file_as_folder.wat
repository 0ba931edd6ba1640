;; expect: ok
;; about: paths begin at mounts: files, folders that were opened and streams are refused
;; result: 0 0 8 8 8 8 8 8 8 8 8
(data (i32.const 0x13100) "a.")
(func $attack (result i32)
  (call $note32 (call $path_open (i32.const 3) (i32.const 1) (i32.const 0x13100) (i32.const 1) (i32.const 1) (i64.const 0x46) (i64.const 0x46) (i32.const 0) (i32.const 0x18000)))
  (call $note32 (call $path_open (i32.const 3) (i32.const 1) (i32.const 0x13101) (i32.const 1) (i32.const 2) (i64.const 0x6) (i64.const 0x6) (i32.const 0) (i32.const 0x18000)))
  (call $note32 (call $path_open (i32.const 65536) (i32.const 1) (i32.const 0x13100) (i32.const 1) (i32.const 0) (i64.const 0x6) (i64.const 0x6) (i32.const 0) (i32.const 0x18000)))
  (call $note32 (call $path_open (i32.const 65537) (i32.const 1) (i32.const 0x13100) (i32.const 1) (i32.const 0) (i64.const 0x6) (i64.const 0x6) (i32.const 0) (i32.const 0x18000)))
  (call $note32 (call $path_open (i32.const 0) (i32.const 1) (i32.const 0x13100) (i32.const 1) (i32.const 0) (i64.const 0x6) (i64.const 0x6) (i32.const 0) (i32.const 0x18000)))
  (call $note32 (call $path_open (i32.const 2) (i32.const 1) (i32.const 0x13100) (i32.const 1) (i32.const 0) (i64.const 0x6) (i64.const 0x6) (i32.const 0) (i32.const 0x18000)))
  (call $note32 (call $path_filestat_get (i32.const 65537) (i32.const 1) (i32.const 0x13100) (i32.const 1) (i32.const 0x18100)))
  (call $note32 (call $path_create_directory (i32.const 65537) (i32.const 0x13100) (i32.const 1)))
  (call $note32 (call $path_rename (i32.const 65537) (i32.const 0x13100) (i32.const 1) (i32.const 3) (i32.const 0x13100) (i32.const 1)))
  (call $note32 (call $path_rename (i32.const 3) (i32.const 0x13100) (i32.const 1) (i32.const 65537) (i32.const 0x13100) (i32.const 1)))
  (call $note32 (call $path_readlink (i32.const 65536) (i32.const 0x13100) (i32.const 1) (i32.const 0x18100) (i32.const 9) (i32.const 0x18000)))
  (call $noted))
