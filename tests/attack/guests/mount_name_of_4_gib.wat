;; expect: ok
;; about: there is endless room for the name of a mount, or none
;; result: 0 37
(data (i32.const 0x13100) ".")
(func $attack (result i32)
  (call $note32 (call $fd_prestat_dir_name (i32.const 3) (i32.const 0x18000) (i32.const -1)))
  (call $note32 (call $fd_prestat_dir_name (i32.const 3) (i32.const 0x18000) (i32.const 0)))
  (call $noted))
