;; expect: trap
;; about: an answer that is found has no place
(data (i32.const 0x13000) "LANG")
(func $attack (result i32)
  (call $variable (i32.const 0x13000) (i32.const 4) (i32.const 0xfffffffc))
  (call $noted))
