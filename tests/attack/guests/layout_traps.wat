;; expect: error Engine
;; about: where things are cannot be said
(func (export "layout") (result i32) (unreachable))
