;; expect: error Engine
;; about: the guest calls the host otherwise than it is
;; form: whole
(module
  (import "bioxen:lua/host@0.1.0" "sleep" (func (param i32)))
  (memory (export "memory") 5))
