;; expect: limit fuel
;; about: a piece of a folder is paid for before it is read
(data (i32.const 0x13100) ".")
(func $attack (result i32)
  (call $note32 (call $path_open (i32.const 3) (i32.const 1) (i32.const 0x13100) (i32.const 1) (i32.const 2) (i64.const 0x6) (i64.const 0x6) (i32.const 0) (i32.const 0x18000)))
  (call $note32 (call $fd_readdir (i32.const 65536) (i32.const 0x18100) (i32.const -1) (i64.const 0) (i32.const 0x18000)))
  (call $noted))
