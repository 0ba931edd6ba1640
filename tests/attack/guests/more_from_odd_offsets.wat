;; expect: ok
;; about: pieces of a long reply from where the guest likes; behind its end there is nothing, and then it is gone
;; result: 10006 4096 4096 4096 7 0
(func $attack (result i32)
  (call $call (i32.const 0x99c35eed) (i32.const 0x13000) (i32.const 0) (i32.const 0x18000))
  (call $note32 (i32.load (i32.const 0x18000)))
  (call $more (i32.const 5) (i32.const 0x18000))
  (call $note32 (i32.load (i32.const 0x18004)))
  (call $more (i32.const 1) (i32.const 0x18000))
  (call $note32 (i32.load (i32.const 0x18004)))
  (call $more (i32.const 0) (i32.const 0x18000))
  (call $note32 (i32.load (i32.const 0x18004)))
  (call $more (i32.const 9999) (i32.const 0x18000))
  (call $note32 (i32.load (i32.const 0x18004)))
  (call $more (i32.const 0) (i32.const 0x18000))
  (call $note32 (i32.load (i32.const 0x18004)))
  (call $noted))
