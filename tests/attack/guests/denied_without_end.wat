;; expect: limit fuel
;; about: paths outside of the mounts are told of by the thousand: 16 are kept
(func $attack (result i32)
  (loop $again
    (i32.store (i32.const 0x13000) (i32.add (i32.load (i32.const 0x13000)) (i32.const 1)))
    (call $denied (i32.const 0x13000) (i32.const 0x3000))
    (br $again))
  (unreachable))
