;; expect: error Engine
;; about: no stack pointer
;; without: __stack_pointer
(func $attack (result i32) (call $nothing))
