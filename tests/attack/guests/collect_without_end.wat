;; expect: ok
;; about: collecting garbage takes for ever
;; call: snapshot
(func (export "bioxen:lua/vm@0.1.0#collect") (result i32) (loop $again (br $again)) (unreachable))
