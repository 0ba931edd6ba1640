;; expect: trap
;; about: a stopped guest leaves what it held back, and no more than 64 KiB
(func $attack (result i32)
  (i32.store (i32.const 0x10114) (i32.const 0x10000))
  (i32.store (i32.const 0x10118) (i32.const 0x0))
  (unreachable))
