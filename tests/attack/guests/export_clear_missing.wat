;; expect: error Engine
;; about: no `clear`
;; without: clear
(func $attack (result i32) (call $nothing))
