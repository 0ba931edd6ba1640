;; expect: ok
;; about: a table of functions has the size it was made with
;; result: -1 1
(table 1 funcref)
(func $attack (result i32)
  (call $note32 (table.grow (ref.null func) (i32.const 1)))
  (call $note32 (table.size))
  (call $noted))
