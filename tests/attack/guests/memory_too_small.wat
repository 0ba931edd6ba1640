;; expect: error Engine
;; about: a memory in which there is no room for what is said to be in it
(memory (export "memory") 1)
(func $attack (result i32) (call $nothing))
