;; expect: error Engine
;; about: no `allocate`
;; without: allocate
(func $attack (result i32) (call $nothing))
