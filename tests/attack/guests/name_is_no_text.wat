;; expect: ok
;; about: names of bytes that are no text, and with a NUL
;; result: 0 0 1 2
(data (i32.const 0x13000) "\ff\fe\00\ed\a0\80LANG\00")
(func $attack (result i32)
  (call $variable (i32.const 0x13000) (i32.const 6) (i32.const 0x18000))
  (call $note32 (i32.load (i32.const 0x18000)))
  (call $variable (i32.const 0x13006) (i32.const 5) (i32.const 0x18000))
  (call $note32 (i32.load (i32.const 0x18000)))
  (call $module (i32.const 0x13000) (i32.const 6) (i32.const 0x18000))
  (call $note32 (i32.load (i32.const 0x18000)))
  (call $variable (i32.const 0x13006) (i32.const 4) (i32.const 0x18000))
  (call $note32 (i32.load (i32.const 0x18000)))
  (call $noted))
