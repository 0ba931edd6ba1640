;; expect: trap
;; about: giving memory back ends the guest
;; call: long twice
(global $given (mut i32) (i32.const 0))
(func (export "allocate") (param i32) (result i32)
  (if (global.get $given) (then (return (i32.const 0))))
  (global.set $given (i32.const 1))
  (i32.const 0x30000))
(func (export "release") (param i32) (unreachable))
