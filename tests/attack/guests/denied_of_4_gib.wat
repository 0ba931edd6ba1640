;; expect: limit fuel
;; about: a path is paid for before it is looked at
(func $attack (result i32)
  (call $denied (i32.const 0x13000) (i32.const -1))
  (call $noted))
