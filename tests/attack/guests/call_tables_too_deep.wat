;; expect: ok
;; about: 101 tables in each other, and so many that they end with memory
;; result: 1 1
(func $nest (local $at i32) (local $left i32)
  (local.set $at (i32.const 0x30000))
  (local.set $left (i32.const 10000))
  (loop $deeper
    (i32.store8 (local.get $at) (i32.const 6))
    (i32.store align=1 (i32.add (local.get $at) (i32.const 1)) (i32.const 1))
    (i32.store align=1 (i32.add (local.get $at) (i32.const 5)) (i32.const 0))
    (local.set $at (i32.add (local.get $at) (i32.const 9)))
    (local.set $left (i32.sub (local.get $left) (i32.const 1)))
    (br_if $deeper (local.get $left))))
(func $attack (result i32)
  (call $nest)
  (call $call (i32.const 0x62304dea) (i32.const 0x30000) (i32.const 910) (i32.const 0x18000))
  (call $note32 (i32.load8_u (i32.const 0x11000)))
  (call $call (i32.const 0x62304dea) (i32.const 0x30000) (i32.const 90000) (i32.const 0x18000))
  (call $note32 (i32.load8_u (i32.const 0x11000)))
  (call $noted))
