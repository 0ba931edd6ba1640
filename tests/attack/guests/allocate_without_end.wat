;; expect: limit fuel
;; about: asking for memory takes for ever
;; call: long
(func (export "allocate") (param $size i32) (result i32)
  (loop $again (br $again)) (unreachable))
