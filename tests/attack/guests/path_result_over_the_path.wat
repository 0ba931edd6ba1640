;; expect: ok
;; about: the handle is put over the path that it came from
;; result: 0 65536 21
(data (i32.const 0x13100) "abcd")
(func $attack (result i32)
  (call $note32 (call $path_open (i32.const 3) (i32.const 1) (i32.const 0x13100) (i32.const 4) (i32.const 1) (i64.const 0x46) (i64.const 0x46) (i32.const 0) (i32.const 0x13100)))
  (call $note32 (i32.load (i32.const 0x13100)))
  (call $note32 (call $path_open (i32.const 3) (i32.const 1) (i32.const 0x13200) (i32.const 1) (i32.const 1) (i64.const 0x46) (i64.const 0x46) (i32.const 0) (i32.const 0x4fffd)))
  (call $noted))
