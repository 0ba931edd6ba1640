;; expect: error Engine
;; about: a memory that is larger at once than the engine was made for
(memory (export "memory") 2000)
