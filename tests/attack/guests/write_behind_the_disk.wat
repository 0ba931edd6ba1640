;; expect: ok
;; about: a write far behind the end of a file is paid for as if all before it were written
;; result: 0 0 51 0 51
(data (i32.const 0x13100) "a")
(func $attack (result i32)
  (call $part (i32.const 0x13000) (i32.const 0x13100) (i32.const 1))
  (call $note32 (call $path_open (i32.const 3) (i32.const 1) (i32.const 0x13100) (i32.const 1) (i32.const 1) (i64.const 0x46) (i64.const 0x46) (i32.const 0) (i32.const 0x18000)))
  (call $note32 (call $fd_seek (i32.const 65536) (i64.const 0x7ffffffffffffff0) (i32.const 0) (i32.const 0x18010)))
  (call $note32 (call $fd_write (i32.const 65536) (i32.const 0x13000) (i32.const 1) (i32.const 0x18000)))
  (call $note32 (call $fd_seek (i32.const 65536) (i64.const 0x40000000) (i32.const 0) (i32.const 0x18010)))
  (call $note32 (call $fd_write (i32.const 65536) (i32.const 0x13000) (i32.const 1) (i32.const 0x18000)))
  (call $noted))
