;; expect: limit fuel
;; about: calls that are refused at once are paid for like any other
(func $attack (result i32)
  (local $left i32)
  (local.set $left (i32.const 100000))
  (loop $again
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 17) (i32.const 0)))
    (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
  (call $nothing))
