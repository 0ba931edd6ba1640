;; expect: ok
;; about: there is nothing to go on with, from any offset
;; result: 0 0 0
(func $attack (result i32)
  (call $more (i32.const 0) (i32.const 0x18000))
  (call $note32 (i32.load (i32.const 0x18004)))
  (call $more (i32.const -1) (i32.const 0x18000))
  (call $note32 (i32.load (i32.const 0x18004)))
  (call $more (i32.const 0x80000000) (i32.const 0x18000))
  (call $note32 (i32.load (i32.const 0x18004)))
  (call $noted))
