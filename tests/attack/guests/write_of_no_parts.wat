;; expect: ok
;; about: no parts at all, wherever they would be
;; result: 0 0 8 0 0
(func $attack (result i32)
  (call $note32 (call $fd_write (i32.const 1) (i32.const -1) (i32.const 0) (i32.const 0x18000)))
  (call $note32 (call $fd_write (i32.const 1) (i32.const 0x50000) (i32.const 0) (i32.const 0x18000)))
  (call $note32 (call $fd_write (i32.const 65536) (i32.const 0) (i32.const 0) (i32.const 0x18000)))
  (call $note32 (call $fd_read (i32.const 0) (i32.const -1) (i32.const 0) (i32.const 0x18000)))
  (call $note32 (call $fd_read (i32.const 65536) (i32.const -1) (i32.const 0) (i32.const 0x18000)))
  (call $noted))
