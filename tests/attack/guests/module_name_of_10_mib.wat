;; expect: ok
;; about: a name over its ceiling names nothing, wherever it lies
;; result: 0 0
(func $attack (result i32)
  (call $module (i32.const 0x13000) (i32.const 0xa00000) (i32.const 0x18000))
  (call $note32 (i32.load (i32.const 0x18000)))
  (call $note32 (i32.load (i32.const 0x18008)))
  (call $noted))
