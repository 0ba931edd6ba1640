;; expect: error Engine
;; about: no `layout`
;; without: layout
(func $attack (result i32) (call $nothing))
