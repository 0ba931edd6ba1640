;; expect: error Engine
;; about: the guest wants its memory from the host
;; form: whole
(module
  (import "env" "memory" (memory 5))
  (export "memory" (memory 0)))
