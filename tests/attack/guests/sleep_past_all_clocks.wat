;; expect: limit time
;; about: sleeping 2^63 milliseconds
;; limit: time=100ms
(func $attack (result i32)
  (call $sleep (i64.const 0x8000000000000000))
  (call $noted))
