;; expect: error Engine
;; about: a stack pointer of 64 bits
;; call: snapshot
(global (export "__stack_pointer") (mut i64) (i64.const 0x10000))
