;; expect: trap
;; about: the place of the answer is not in memory
(func $attack (result i32)
  (call $settings (i32.const -1))
  (call $noted))
