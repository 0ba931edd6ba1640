;; expect: trap or error Engine
;; about: what hands out memory gives no address
;; call: long
(func (export "allocate") (param i32))
