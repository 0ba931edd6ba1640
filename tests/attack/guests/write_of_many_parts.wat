;; expect: ok
;; about: more parts than the C library ever has
;; result: 28 28 28 28 28
(func $attack (result i32)
  (call $note32 (call $fd_write (i32.const 1) (i32.const 0x13000) (i32.const 17) (i32.const 0x18000)))
  (call $note32 (call $fd_write (i32.const 1) (i32.const 0x13000) (i32.const -1) (i32.const 0x18000)))
  (call $note32 (call $fd_write (i32.const 1) (i32.const 0x13000) (i32.const 0x20000001) (i32.const 0x18000)))
  (call $note32 (call $fd_read (i32.const 0) (i32.const 0x13000) (i32.const 17) (i32.const 0x18000)))
  (call $note32 (call $fd_read (i32.const 0) (i32.const 0x13000) (i32.const 0x80000000) (i32.const 0x18000)))
  (call $noted))
