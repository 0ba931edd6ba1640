;; expect: trap
;; about: results of tables, 101 deep
(func $nest (local $at i32) (local $left i32)
  (local.set $at (i32.const 0x30000))
  (local.set $left (i32.const 101))
  (loop $deeper
    (i32.store8 (local.get $at) (i32.const 6))
    (i32.store align=1 (i32.add (local.get $at) (i32.const 1)) (i32.const 1))
    (i32.store align=1 (i32.add (local.get $at) (i32.const 5)) (i32.const 0))
    (local.set $at (i32.add (local.get $at) (i32.const 9)))
    (local.set $left (i32.sub (local.get $left) (i32.const 1)))
    (br_if $deeper (local.get $left))))
(func $attack (result i32)
  (call $nest)
  (i32.store8 (i32.const 0x2ffff) (i32.const 0))
  (call $reply (i32.const 0x2ffff) (i32.const 911)))
