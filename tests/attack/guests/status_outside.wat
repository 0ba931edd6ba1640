;; expect: ok
;; about: what is known of a file has no place
;; result: 21 21 0 21
(data (i32.const 0x13100) ".")
(func $attack (result i32)
  (call $note32 (call $path_filestat_get (i32.const 3) (i32.const 1) (i32.const 0x13100) (i32.const 1) (i32.const 0x4ffc1)))
  (call $note32 (call $path_filestat_get (i32.const 3) (i32.const 1) (i32.const 0x13100) (i32.const 1) (i32.const -1)))
  (call $note32 (call $path_filestat_get (i32.const 3) (i32.const 1) (i32.const 0x13100) (i32.const 1) (i32.const 0x18001)))
  (call $note32 (call $fd_fdstat_get (i32.const 1) (i32.const 0x4ffe9)))
  (call $noted))
