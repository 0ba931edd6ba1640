;; expect: ok
;; about: a file is made, and then its handle has no even place: it counts all the same
;; call: quota
;; limit: files=8
(func (export "bioxen:lua/vm@0.1.0#exec") (param i32 i32 i32 i32 i32 i32) (result i32)
  (drop (call $path_open (i32.const 3) (i32.const 1) (local.get 0) (local.get 1) (i32.const 1)
    (i64.const 0x46) (i64.const 0x46) (i32.const 0) (i32.const 0x18001)))
  (unreachable))
