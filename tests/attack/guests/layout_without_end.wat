;; expect: error Engine
;; about: where things are is thought about for ever
(func (export "layout") (result i32) (loop $again (br $again)) (unreachable))
