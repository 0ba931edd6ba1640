;; expect: ok
;; about: the place of the answer lies in the piece
;; result: 4096
(func $attack (result i32)
  (call $call (i32.const 0x99c35eed) (i32.const 0x13000) (i32.const 0) (i32.const 0x18000))
  (call $more (i32.const 4096) (i32.const 0x11000))
  (call $note32 (i32.load (i32.const 0x11004)))
  (call $noted))
