;; expect: trap
;; about: what is known of a mount goes to an odd place
(data (i32.const 0x13100) ".")
(func $attack (result i32)
  (call $note32 (call $fd_fdstat_get (i32.const 3) (i32.const 0x18001)))
  (call $noted))
