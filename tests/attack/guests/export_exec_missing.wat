;; expect: error Engine
;; about: no `exec`
;; without: exec
(func $attack (result i32) (call $nothing))
