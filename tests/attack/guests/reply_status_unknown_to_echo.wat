;; expect: trap
;; about: a status that is none
;; call: echo
(data (i32.const 0x13000) "\08")
(func $attack (result i32) (call $reply (i32.const 0x13000) (i32.const 1)))
