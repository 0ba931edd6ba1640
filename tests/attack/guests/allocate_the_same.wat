;; expect: ok
;; about: the same place twice: only the guest is confused
;; call: long twice
(func (export "allocate") (param $size i32) (result i32)
  (i32.const 0x30000))
