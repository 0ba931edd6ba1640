;; expect: limit time
;; about: asking for memory sleeps for ever
;; call: long
;; limit: time=100ms
(func (export "allocate") (param $size i32) (result i32)
  (call $sleep (i64.const -1)) (i32.const 0x30000))
