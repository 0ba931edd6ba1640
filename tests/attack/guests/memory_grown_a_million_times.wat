;; expect: ok
;; about: growth that is refused costs its fuel and no more
;; result: 1000000
(func $attack (result i32)
  (local $left i32) (local $refused i32)
  (local.set $left (i32.const 1000000))
  (loop $again
    (if (i32.eq (memory.grow (i32.const -1)) (i32.const -1))
      (then (local.set $refused (i32.add (local.get $refused) (i32.const 1)))))
    (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
  (call $note32 (local.get $refused))
  (call $noted))
