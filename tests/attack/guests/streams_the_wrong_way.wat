;; expect: ok
;; about: writing to standard input, reading from standard output, and both with folders
;; result: 8 8 8 8 8 8
(func $attack (result i32)
  (call $part (i32.const 0x13000) (i32.const 0x13100) (i32.const 4))
  (call $note32 (call $fd_write (i32.const 0) (i32.const 0x13000) (i32.const 1) (i32.const 0x18000)))
  (call $note32 (call $fd_read (i32.const 1) (i32.const 0x13000) (i32.const 1) (i32.const 0x18000)))
  (call $note32 (call $fd_read (i32.const 2) (i32.const 0x13000) (i32.const 1) (i32.const 0x18000)))
  (call $note32 (call $fd_write (i32.const 3) (i32.const 0x13000) (i32.const 1) (i32.const 0x18000)))
  (call $note32 (call $fd_read (i32.const 3) (i32.const 0x13000) (i32.const 1) (i32.const 0x18000)))
  (call $note32 (call $fd_write (i32.const 4) (i32.const 0x13000) (i32.const 1) (i32.const 0x18000)))
  (call $noted))
