;; expect: ok
;; about: parts that wrap around, or end behind memory
;; result: 21 21 21 0 21
(func $attack (result i32)
  (call $part (i32.const 0x13000) (i32.const -1) (i32.const 16))
  (call $note32 (call $fd_write (i32.const 1) (i32.const 0x13000) (i32.const 1) (i32.const 0x18000)))
  (call $part (i32.const 0x13000) (i32.const 0xfffffff0) (i32.const 16))
  (call $note32 (call $fd_write (i32.const 1) (i32.const 0x13000) (i32.const 1) (i32.const 0x18000)))
  (call $part (i32.const 0x13000) (i32.const 0x4fff8) (i32.const 9))
  (call $note32 (call $fd_write (i32.const 2) (i32.const 0x13000) (i32.const 1) (i32.const 0x18000)))
  (call $part (i32.const 0x13000) (i32.const 0x50000) (i32.const 0))
  (call $note32 (call $fd_write (i32.const 1) (i32.const 0x13000) (i32.const 1) (i32.const 0x18000)))
  (call $part (i32.const 0x13000) (i32.const 0x50001) (i32.const 0))
  (call $note32 (call $fd_write (i32.const 1) (i32.const 0x13000) (i32.const 1) (i32.const 0x18000)))
  (call $noted))
