;; expect: ok
;; about: collecting garbage does not go well
;; call: snapshot
(func (export "bioxen:lua/vm@0.1.0#collect") (result i32) (i32.const 0))
