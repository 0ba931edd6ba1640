;; expect: error Engine
;; about: two tables
(table 1 funcref)
(table 1 funcref)
