;; expect: error Ended
;; about: the state is closed, says a guest whose state is not
(data (i32.const 0x13000) "\06")
(func $attack (result i32) (call $reply (i32.const 0x13000) (i32.const 1)))
