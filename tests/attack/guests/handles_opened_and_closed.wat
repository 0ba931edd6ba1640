;; expect: ok
;; about: ten thousand files one after the other
;; result: 0 66535
(data (i32.const 0x13100) "a")
(func $attack (result i32)
  (local $left i32) (local $last i32)
  (local.set $left (i32.const 1000))
  (loop $again
    (local.set $last (call $path_open (i32.const 3) (i32.const 1) (i32.const 0x13100) (i32.const 1) (i32.const 1)
      (i64.const 0x46) (i64.const 0x46) (i32.const 0) (i32.const 0x18000)))
    (drop (call $fd_close (i32.load (i32.const 0x18000))))
    (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
  (call $note32 (local.get $last))
  (call $note32 (i32.load (i32.const 0x18000)))
  (call $noted))
