;; expect: ok
;; about: input goes where memory ends
;; result: 21 21
(func $attack (result i32)
  (call $part (i32.const 0x13000) (i32.const 0x4fffc) (i32.const 64))
  (call $note32 (call $fd_read (i32.const 0) (i32.const 0x13000) (i32.const 1) (i32.const 0x18000)))
  (call $part (i32.const 0x13000) (i32.const -1) (i32.const 64))
  (call $note32 (call $fd_read (i32.const 0) (i32.const 0x13000) (i32.const 1) (i32.const 0x18000)))
  (call $noted))
