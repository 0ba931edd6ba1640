;; expect: ok
;; about: what is left of a reply is gone with the next one
;; result: 0
(func $attack (result i32)
  (call $call (i32.const 0x99c35eed) (i32.const 0x13000) (i32.const 0) (i32.const 0x18000))
  (call $settings (i32.const 0x18000))
  (call $more (i32.const 4096) (i32.const 0x18000))
  (call $note32 (i32.load (i32.const 0x18004)))
  (call $noted))
