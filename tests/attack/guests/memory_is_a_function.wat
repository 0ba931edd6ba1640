;; expect: error Engine
;; about: the memory is something else
(memory 5)
(func (export "memory"))
