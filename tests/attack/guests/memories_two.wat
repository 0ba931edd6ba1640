;; expect: error Engine
;; about: two memories
(memory (export "memory") 5)
(memory 5)
