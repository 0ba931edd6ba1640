;; expect: ok
;; about: the place of the answer lies in the buffer that the answer comes through
;; result: 69632
(func $attack (result i32)
  (call $settings (i32.const 0x11000))
  (call $note32 (i32.load (i32.const 0x11004)))
  (call $noted))
