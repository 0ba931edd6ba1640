;; expect: error Engine
;; about: what says where things are takes an argument
(func (export "layout") (param i32) (result i32) (i32.const 0x10000))
