;; expect: exit 7
;; about: asking for memory ends the program
;; call: long
(func (export "allocate") (param $size i32) (result i32)
  (call $exit (i32.const 7)) (unreachable))
