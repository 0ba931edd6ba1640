;; expect: limit fuel
;; about: 16 parts of 4 GiB are paid for before the first byte is read
(func $attack (result i32)
  (local $entry i32)
  (loop $next
    (call $part (i32.add (i32.const 0x13000) (local.get $entry)) (i32.const 0) (i32.const -1))
    (br_if $next (i32.lt_u (local.tee $entry (i32.add (local.get $entry) (i32.const 8))) (i32.const 128))))
  (call $note32 (call $fd_write (i32.const 1) (i32.const 0x13000) (i32.const 16) (i32.const 0x18000)))
  (call $noted))
