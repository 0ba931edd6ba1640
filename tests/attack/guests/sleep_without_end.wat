;; expect: limit time
;; about: sleeping no time for ever
;; limit: time=100ms
(func $attack (result i32)
  (loop $again
    (call $sleep (i64.const 0))
    (br $again))
  (unreachable))
