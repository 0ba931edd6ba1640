;; expect: error Engine
;; about: a memory that is larger at once than the VM may be
(memory (export "memory") 200)
