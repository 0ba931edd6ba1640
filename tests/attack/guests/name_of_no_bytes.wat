;; expect: ok
;; about: no bytes at the very end of memory are a name like any other
;; result: 1 0
(func $attack (result i32)
  (call $module (i32.const 0x50000) (i32.const 0) (i32.const 0x18000))
  (call $note32 (i32.load (i32.const 0x18000)))
  (call $variable (i32.const 0x50000) (i32.const 0) (i32.const 0x18000))
  (call $note32 (i32.load (i32.const 0x18000)))
  (call $noted))
