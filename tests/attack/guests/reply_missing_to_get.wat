;; expect: error NotFound
;; about: nothing of that name
;; call: get
(data (i32.const 0x13000) "\05")
(func $attack (result i32) (call $reply (i32.const 0x13000) (i32.const 1)))
