;; expect: ok
;; about: a part that lies over the list of parts, and a result over both
;; result: 0 0 0 0 16
(data (i32.const 0x13100) "a")
(func $attack (result i32)
  (call $note32 (call $path_open (i32.const 3) (i32.const 1) (i32.const 0x13100) (i32.const 1) (i32.const 1) (i64.const 0x46) (i64.const 0x46) (i32.const 0) (i32.const 0x18000)))
  (call $part (i32.const 0x13000) (i32.const 0x13000) (i32.const 16))
  (call $part (i32.const 0x13008) (i32.const 0x13004) (i32.const 16))
  (call $note32 (call $fd_write (i32.const 65536) (i32.const 0x13000) (i32.const 2) (i32.const 0x13004)))
  (call $note32 (call $fd_seek (i32.const 65536) (i64.const 0) (i32.const 0) (i32.const 0x18010)))
  (call $part (i32.const 0x13000) (i32.const 0x13000) (i32.const 16))
  (call $note32 (call $fd_read (i32.const 65536) (i32.const 0x13000) (i32.const 1) (i32.const 0x13000)))
  (call $note32 (i32.load (i32.const 0x13000)))
  (call $noted))
