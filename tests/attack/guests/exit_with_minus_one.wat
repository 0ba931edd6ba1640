;; expect: exit -1
;; about: a status that is none
(func $attack (result i32)
  (call $exit (i32.const -1))
  (call $noted))
