;; expect: trap
;; about: calls that go deeper for ever
(func $attack (result i32) (i32.add (call $attack) (i32.const 1)))
