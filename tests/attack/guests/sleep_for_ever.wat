;; expect: limit time
;; about: sleeping 2^64 - 1 milliseconds
;; limit: time=100ms
(func $attack (result i32)
  (call $sleep (i64.const -1))
  (call $noted))
