;; expect: ok
;; about: offsets at the ends of 64 bits, and sums that go past them
;; result: 0 28 0 0 0 28
(data (i32.const 0x13100) "a")
(func $attack (result i32)
  (call $note32 (call $path_open (i32.const 3) (i32.const 1) (i32.const 0x13100) (i32.const 1) (i32.const 1) (i64.const 0x46) (i64.const 0x46) (i32.const 0) (i32.const 0x18000)))
  (call $note32 (call $fd_seek (i32.const 65536) (i64.const 0x8000000000000000) (i32.const 0) (i32.const 0x18010)))
  (call $note32 (call $fd_seek (i32.const 65536) (i64.const 0x7fffffffffffffff) (i32.const 0) (i32.const 0x18010)))
  (call $note32 (call $fd_seek (i32.const 65536) (i64.const 0x7fffffffffffffff) (i32.const 1) (i32.const 0x18010)))
  (call $note32 (call $fd_seek (i32.const 65536) (i64.const 0x7fffffffffffffff) (i32.const 2) (i32.const 0x18010)))
  (call $note32 (call $fd_seek (i32.const 65536) (i64.const 0x8000000000000000) (i32.const 2) (i32.const 0x18010)))
  (call $noted))
