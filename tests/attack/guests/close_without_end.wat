;; expect: limit fuel
;; about: the end of a program never comes
;; call: run
(func (export "bioxen:lua/vm@0.1.0#close") (loop $again (br $again)))
