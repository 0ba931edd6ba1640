;; expect: error Engine
;; about: the guest asks for what the host does not have
;; form: whole
(module
  (import "env" "system" (func (param i32) (result i32)))
  (memory (export "memory") 5))
