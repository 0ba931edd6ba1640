;; expect: trap or error Engine
;; about: what runs a chunk is no function
(table 1 funcref)
(export "bioxen:lua/vm@0.1.0#exec" (table 0))
