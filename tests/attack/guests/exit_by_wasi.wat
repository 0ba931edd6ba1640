;; expect: exit -2147483648
;; about: the status of the other import, as large as can be
(func $attack (result i32)
  (call $proc_exit (i32.const 0x80000000))
  (call $noted))
