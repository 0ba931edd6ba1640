;; expect: limit fuel
;; about: a name is paid for before it is looked at
(func $attack (result i32)
  (call $module (i32.const 0x13000) (i32.const -1) (i32.const 0x18000))
  (call $noted))
