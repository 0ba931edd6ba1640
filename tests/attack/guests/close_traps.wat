;; expect: trap
;; about: the end of a program fails
;; call: run
(func (export "bioxen:lua/vm@0.1.0#close") (unreachable))
