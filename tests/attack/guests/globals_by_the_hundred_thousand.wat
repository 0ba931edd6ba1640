;; expect: error Engine
;; about: more globals than an instance may have
(;globals;)
