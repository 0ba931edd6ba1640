;; expect: error Engine
;; about: there is no memory
;; without: memory
(memory 5)
