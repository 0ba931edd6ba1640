;; expect: limit fuel
;; about: parts that are not in memory are looked for, and that is paid for
(func $attack (result i32)
  (local $left i32)
  (local.set $left (i32.const 100000))
  (loop $again
    (drop (call $fd_write (i32.const 1) (i32.const -1) (i32.const 1) (i32.const 0)))
    (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
  (call $nothing))
