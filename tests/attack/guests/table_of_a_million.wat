;; expect: error Engine
;; about: a table that is larger than the pool has
(table 1000000 funcref)
