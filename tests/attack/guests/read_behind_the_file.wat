;; expect: ok
;; about: the kernel refuses to read at 2^63 - 1
;; result: 0 0 28 65536
(data (i32.const 0x13100) "a")
(func $attack (result i32)
  (drop (memory.grow (i32.const 16)))
  (call $part (i32.const 0x13000) (i32.const 0x13200) (i32.const 0x80000000))
  (call $note32 (call $path_open (i32.const 3) (i32.const 1) (i32.const 0x13100) (i32.const 1) (i32.const 1) (i64.const 0x46) (i64.const 0x46) (i32.const 0) (i32.const 0x18000)))
  (call $note32 (call $fd_seek (i32.const 65536) (i64.const 0x7fffffffffffffff) (i32.const 0) (i32.const 0x18010)))
  (call $note32 (call $fd_read (i32.const 65536) (i32.const 0x13000) (i32.const 1) (i32.const 0x18000)))
  (call $note32 (i32.load (i32.const 0x18000)))
  (call $noted))
