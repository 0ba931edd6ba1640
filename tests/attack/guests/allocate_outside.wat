;; expect: trap
;; about: the place is not in memory
;; call: long
(func (export "allocate") (param $size i32) (result i32)
  (i32.const -4))
