;; expect: ok
;; about: asking for memory calls a host function
;; call: long
(func (export "allocate") (param $size i32) (result i32)
  (call $call (i32.const 0xa5c575c7) (i32.const 0) (i32.const 0) (i32.const 0x18000)) (i32.const 0x30000))
