;; expect: limit host_calls
;; about: looking for a host function by trying numbers
(func $attack (result i32)
  (local $number i32)
  (loop $again
    (call $call (local.get $number) (i32.const 0) (i32.const 0) (i32.const 0x18000))
    (local.set $number (i32.add (local.get $number) (i32.const 1)))
    (br $again))
  (unreachable))
