;; expect: ok
;; about: nothing needs to be aligned
;; result: 0 3
(func $attack (result i32)
  (call $part (i32.const 0x13001) (i32.const 0x13103) (i32.const 3))
  (call $note32 (call $fd_write (i32.const 1) (i32.const 0x13001) (i32.const 1) (i32.const 0x18001)))
  (call $note32 (i32.load (i32.const 0x18001)))
  (call $noted))
