;; expect: limit fuel
;; about: the same piece again and again is paid for each time
(func $attack (result i32)
  (call $call (i32.const 0x99c35eed) (i32.const 0x13000) (i32.const 0) (i32.const 0x18000))
  (loop $again (call $more (i32.const 4096) (i32.const 0x18000)) (br $again))
  (unreachable))
