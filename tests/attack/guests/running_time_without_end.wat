;; expect: limit fuel
;; about: asking for the time for ever
(func $attack (result i32)
  (loop $again
    (drop (call $running-time))
    (br $again))
  (unreachable))
