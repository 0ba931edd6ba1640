;; expect: trap or error Engine
;; about: what runs a chunk takes other arguments
(func (export "bioxen:lua/vm@0.1.0#exec") (param i64) (result i32) (call $nothing))
