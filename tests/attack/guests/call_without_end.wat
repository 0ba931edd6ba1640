;; expect: limit host_calls
;; about: calls that carry nothing
(func $attack (result i32)
  (loop $again
    (call $call (i32.const 0x62304dea) (i32.const 0) (i32.const 0) (i32.const 0x18000))
    (br $again))
  (unreachable))
