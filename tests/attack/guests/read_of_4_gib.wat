;; expect: ok
;; about: more is asked for than there is, and than memory has
;; result: 0 23 -1
(func $attack (result i32)
  (call $part (i32.const 0x13000) (i32.const 0x18100) (i32.const -1))
  (call $note32 (call $fd_read (i32.const 0) (i32.const 0x13000) (i32.const 1) (i32.const 0x18000)))
  (call $note32 (i32.load (i32.const 0x18000)))
  (call $note32 (i32.load (i32.const 0x13004)))
  (call $noted))
