;; expect: ok
;; about: a hundred tables in each other, each of which claims all that could be
;; result: 1
(func $nest (local $at i32) (local $left i32)
  (local.set $at (i32.const 0x30000))
  (local.set $left (i32.const 100))
  (loop $deeper
    (i32.store8 (local.get $at) (i32.const 6))
    (i32.store align=1 (i32.add (local.get $at) (i32.const 1)) (i32.const -1))
    (i32.store align=1 (i32.add (local.get $at) (i32.const 5)) (i32.const -1))
    (local.set $at (i32.add (local.get $at) (i32.const 9)))
    (local.set $left (i32.sub (local.get $left) (i32.const 1)))
    (br_if $deeper (local.get $left))))
(func $attack (result i32)
  (drop (memory.grow (i32.const 48)))
  (call $nest)
  (call $call (i32.const 0x62304dea) (i32.const 0x30000) (i32.const 0x300000) (i32.const 0x18000))
  (call $note32 (i32.load8_u (i32.const 0x11000)))
  (call $noted))
