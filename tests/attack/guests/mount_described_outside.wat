;; expect: trap
;; about: the size of the name of a mount has no place
(data (i32.const 0x13100) ".")
(func $attack (result i32)
  (call $note32 (call $fd_prestat_get (i32.const 3) (i32.const 0x4fffc)))
  (call $noted))
