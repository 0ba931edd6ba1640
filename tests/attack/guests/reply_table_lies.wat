;; expect: trap
;; about: a result with 2^33 values in ten bytes
(data (i32.const 0x13000) "\00\06\ff\ff\ff\ff\ff\ff\ff\ff")
(func $attack (result i32) (call $reply (i32.const 0x13000) (i32.const 10)))
