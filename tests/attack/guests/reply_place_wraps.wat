;; expect: trap
;; about: the place of a reply is not in memory
(func $attack (result i32) (i32.const 0xfffffffc))
