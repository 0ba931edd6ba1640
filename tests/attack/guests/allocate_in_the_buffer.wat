;; expect: trap
;; about: the place lies over all that the host knows of the guest, its next reply included
;; call: long
(func (export "allocate") (param $size i32) (result i32)
  (i32.const 0x10ff0))
