;; expect: trap
;; about: asking for memory ends the guest
;; call: long
(func (export "allocate") (param $size i32) (result i32)
  (unreachable))
