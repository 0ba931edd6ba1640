;; expect: limit fuel
;; about: asking what was answered already, for ever
(func $attack (result i32)
  (loop $again
    (call $settings (i32.const 0x18000))
    (br $again))
  (unreachable))
