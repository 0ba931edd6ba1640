;; expect: ok
;; about: the number of bytes is put into the part it counts, and into the list of parts
;; result: 0 0 0
(func $attack (result i32)
  (call $part (i32.const 0x13000) (i32.const 0x13100) (i32.const 4))
  (call $note32 (call $fd_write (i32.const 1) (i32.const 0x13000) (i32.const 1) (i32.const 0x13102)))
  (call $note32 (call $fd_write (i32.const 1) (i32.const 0x13000) (i32.const 1) (i32.const 0x13000)))
  (call $note32 (call $fd_write (i32.const 1) (i32.const 0x13000) (i32.const 1) (i32.const 0x13004)))
  (call $noted))
