;; expect: ok
;; about: a memory that says nothing of its end
;; result: -1
(memory (export "memory") 5)
(func $attack (result i32)
  (call $note32 (memory.grow (i32.const 0x8000)))
  (call $noted))
