;; expect: trap
;; about: a result that cannot cross, for no reason
(data (i32.const 0x13000) "\03")
(func $attack (result i32) (call $reply (i32.const 0x13000) (i32.const 1)))
