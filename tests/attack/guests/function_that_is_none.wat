;; expect: trap
;; about: calling what the table does not have
(table 1 funcref)
(func $attack (result i32) (call_indirect (result i32) (i32.const 0)))
