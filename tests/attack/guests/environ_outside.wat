;; expect: ok
;; about: the number of variables has no place
;; result: 21 21 0
(func $attack (result i32)
  (call $note32 (call $environ_sizes_get (i32.const 0x4fffd) (i32.const 0x18000)))
  (call $note32 (call $environ_sizes_get (i32.const 0x18000) (i32.const -1)))
  (call $note32 (call $environ_get (i32.const -1) (i32.const -1)))
  (call $noted))
