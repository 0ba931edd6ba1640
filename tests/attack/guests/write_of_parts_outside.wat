;; expect: ok
;; about: the list of parts itself is not in memory, or wraps
;; result: 21 21 21 21 21 21
(func $attack (result i32)
  (call $note32 (call $fd_write (i32.const 1) (i32.const 0x4fffc) (i32.const 1) (i32.const 0x18000)))
  (call $note32 (call $fd_write (i32.const 1) (i32.const 0xfffffffc) (i32.const 1) (i32.const 0x18000)))
  (call $note32 (call $fd_write (i32.const 1) (i32.const 0xfffffff8) (i32.const 2) (i32.const 0x18000)))
  (call $note32 (call $fd_write (i32.const 65536) (i32.const 0x4fffc) (i32.const 1) (i32.const 0x18000)))
  (call $note32 (call $fd_read (i32.const 0) (i32.const 0x4fffc) (i32.const 1) (i32.const 0x18000)))
  (call $note32 (call $fd_read (i32.const 0) (i32.const 0xfffffffc) (i32.const 2) (i32.const 0x18000)))
  (call $noted))
