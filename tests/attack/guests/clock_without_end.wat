;; expect: limit fuel
;; about: asking for the time of day for ever
(func $attack (result i32)
  (loop $again
    (drop (call $clock_time_get (i32.const 0) (i64.const 0) (i32.const 0x18000)))
    (br $again))
  (unreachable))
