;; expect: error Engine
;; about: the list of addresses is not in memory
(func (export "layout") (result i32) (i32.const -1))
