;; expect: ok
;; about: memory grows while the host waits for a place in it
;; call: long
(func (export "allocate") (param $size i32) (result i32)
  (local $page i32)
  (local.set $page (memory.grow (i32.const 1)))
  (i32.shl (local.get $page) (i32.const 16)))
