;; expect: ok
;; about: a copy does not have the files of the guest it is of
;; call: copies
(data (i32.const 0x13100) "a")
(func $attack (result i32)
  (call $note32 (call $fd_fdstat_get (i32.const 65536) (i32.const 0x18000)))
  (call $note32 (call $path_open (i32.const 3) (i32.const 1) (i32.const 0x13100) (i32.const 1) (i32.const 1) (i64.const 0x46) (i64.const 0x46) (i32.const 0) (i32.const 0x18000)))
  (call $note32 (i32.load (i32.const 0x18000)))
  (call $noted))
