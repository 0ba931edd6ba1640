;; expect: ok
;; about: a session is told that 4 GiB of its input were not read
;; call: session
(func $attack (result i32)
  (i32.store (i32.const 0x10204) (i32.const 0))
  (i32.store (i32.const 0x10208) (i32.const -1))
  (call $nothing))
