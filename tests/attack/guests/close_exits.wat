;; expect: exit 9
;; about: the end of a program ends it otherwise
;; call: run
(func (export "bioxen:lua/vm@0.1.0#close") (call $proc_exit (i32.const 9)))
