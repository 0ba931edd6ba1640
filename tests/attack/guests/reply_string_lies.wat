;; expect: trap
;; about: a result of 4 GiB in six bytes
(data (i32.const 0x13000) "\00\05\ff\ff\ff\ff")
(func $attack (result i32) (call $reply (i32.const 0x13000) (i32.const 6)))
