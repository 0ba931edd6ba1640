;; expect: ok
;; about: bytes are written, and then their number has no place: they count all the same
;; call: quota
;; limit: disk=256KiB
(func (export "bioxen:lua/vm@0.1.0#exec") (param i32 i32 i32 i32 i32 i32) (result i32)
  (drop (call $path_open (i32.const 3) (i32.const 1) (local.get 0) (local.get 1) (i32.const 1)
    (i64.const 0x46) (i64.const 0x46) (i32.const 1) (i32.const 0x18000)))
  (call $part (i32.const 0x13000) (i32.const 0) (i32.const 0x10000))
  (drop (call $fd_write (i32.load (i32.const 0x18000)) (i32.const 0x13000) (i32.const 1) (i32.const -1)))
  (unreachable))
