;; expect: ok
;; about: collecting garbage ends the program
;; call: snapshot
(func (export "bioxen:lua/vm@0.1.0#collect") (result i32) (call $exit (i32.const 3)) (unreachable))
