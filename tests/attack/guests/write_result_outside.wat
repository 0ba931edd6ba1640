;; expect: ok
;; about: the number of bytes has no place
;; result: 21 21 21
(func $attack (result i32)
  (call $part (i32.const 0x13000) (i32.const 0x13100) (i32.const 4))
  (call $note32 (call $fd_write (i32.const 1) (i32.const 0x13000) (i32.const 1) (i32.const 0x4fffd)))
  (call $note32 (call $fd_write (i32.const 1) (i32.const 0x13000) (i32.const 1) (i32.const -1)))
  (call $note32 (call $fd_read (i32.const 0) (i32.const 0x13000) (i32.const 1) (i32.const 0x4fffd)))
  (call $noted))
