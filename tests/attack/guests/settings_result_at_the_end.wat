;; expect: trap
;; about: an answer takes 12 bytes, of which 8 are left
(func $attack (result i32)
  (call $settings (i32.const 0x4fff8))
  (call $noted))
