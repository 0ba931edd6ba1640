;; expect: ok
;; about: a folder is made, and the guest is stopped
;; call: quota
;; limit: files=8
(func (export "bioxen:lua/vm@0.1.0#exec") (param i32 i32 i32 i32 i32 i32) (result i32)
  (drop (call $path_create_directory (i32.const 3) (local.get 0) (local.get 1)))
  (unreachable))
