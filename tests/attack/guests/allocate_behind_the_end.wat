;; expect: trap
;; about: the place ends behind memory
;; call: long
(func (export "allocate") (param $size i32) (result i32)
  (i32.const 0x4f000))
