;; expect: ok
;; about: opening until there are no more, a thousand times: the last answer
;; result: 33
(data (i32.const 0x13100) "a")
(func $attack (result i32)
  (local $left i32) (local $last i32)
  (local.set $left (i32.const 1000))
  (loop $again
    (local.set $last (call $path_open (i32.const 3) (i32.const 1) (i32.const 0x13100) (i32.const 1) (i32.const 1)
      (i64.const 0x46) (i64.const 0x46) (i32.const 0) (i32.const 0x18000)))
    (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
  (call $note32 (local.get $last))
  (call $noted))
