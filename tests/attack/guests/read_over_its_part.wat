;; expect: ok
;; about: what is read lies over the list of parts and the number of bytes
;; result: 0 16
(func $attack (result i32)
  (call $part (i32.const 0x13000) (i32.const 0x13000) (i32.const 16))
  (call $note32 (call $fd_read (i32.const 0) (i32.const 0x13000) (i32.const 1) (i32.const 0x13004)))
  (call $note32 (i32.load (i32.const 0x13004)))
  (call $noted))
