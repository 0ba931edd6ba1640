;; expect: ok
;; about: places in a folder that nobody gave, sizes that lie, and a file
;; result: 0 28 28 28 21 0 0 7 21 0 8
(data (i32.const 0x13100) ".a")
(func $attack (result i32)
  (call $note32 (call $path_open (i32.const 3) (i32.const 1) (i32.const 0x13100) (i32.const 1) (i32.const 2) (i64.const 0x6) (i64.const 0x6) (i32.const 0) (i32.const 0x18000)))
  (call $note32 (call $fd_readdir (i32.const 65536) (i32.const 0x18100) (i32.const 64) (i64.const 0x8000000000000000) (i32.const 0x18000)))
  (call $note32 (call $fd_readdir (i32.const 65536) (i32.const 0x18100) (i32.const 64) (i64.const 7) (i32.const 0x18000)))
  (call $note32 (call $fd_readdir (i32.const 65536) (i32.const 0x18100) (i32.const 0x10001) (i64.const 0) (i32.const 0x18000)))
  (call $note32 (call $fd_readdir (i32.const 65536) (i32.const 0x4fff0) (i32.const 64) (i64.const 0) (i32.const 0x18000)))
  (call $note32 (call $fd_readdir (i32.const 65536) (i32.const 0x18100) (i32.const 0) (i64.const 0) (i32.const 0x18000)))
  (call $note32 (call $fd_readdir (i32.const 65536) (i32.const 0x18100) (i32.const 7) (i64.const 0) (i32.const 0x18000)))
  (call $note32 (i32.load (i32.const 0x18000)))
  (call $note32 (call $fd_readdir (i32.const 65536) (i32.const 0x18100) (i32.const 64) (i64.const 0) (i32.const -1)))
  (call $note32 (call $path_open (i32.const 3) (i32.const 1) (i32.const 0x13101) (i32.const 1) (i32.const 1) (i64.const 0x46) (i64.const 0x46) (i32.const 0) (i32.const 0x18000)))
  (call $note32 (call $fd_readdir (i32.const 65537) (i32.const 0x18100) (i32.const 64) (i64.const 0) (i32.const 0x18000)))
  (call $noted))
