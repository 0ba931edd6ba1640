;; expect: limit result
;; about: a string that is longer than results may be
(data (i32.const 0x2fff0) "\00\05\01\00\01\00")
(func $attack (result i32)
  (call $reply (i32.const 0x2fff0) (i32.const 0x10007)))
