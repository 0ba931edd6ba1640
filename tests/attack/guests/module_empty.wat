;; expect: error Engine
;; about: nothing at all
;; form: whole
(module)
