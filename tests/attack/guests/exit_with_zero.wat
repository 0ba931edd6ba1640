;; expect: exit 0
;; about: the host goes on
(func $attack (result i32)
  (call $proc_exit (i32.const 0))
  (call $noted))
