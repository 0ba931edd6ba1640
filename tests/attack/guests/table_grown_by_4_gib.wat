;; expect: limit fuel
;; about: growth of a table is paid for before it is refused
(table 1 funcref)
(func $attack (result i32)
  (call $note32 (table.grow (ref.null func) (i32.const -1)))
  (call $noted))
