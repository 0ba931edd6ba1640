;; expect: ok
;; about: a good part before one that is not in memory: the error is told
;; result: 21
(data (i32.const 0x13100) "good")
(func $attack (result i32)
  (call $part (i32.const 0x13000) (i32.const 0x13100) (i32.const 4))
  (call $part (i32.const 0x13008) (i32.const 0x4ffff) (i32.const 2))
  (call $note32 (call $fd_write (i32.const 1) (i32.const 0x13000) (i32.const 2) (i32.const 0x18000)))
  (call $noted))
