;; expect: error Engine
;; about: a function that ends: a guest has none, and no fuel for one
(func $start)
(start $start)
