;; expect: limit fuel or limit time
;; about: copying all of a large memory, one instruction after the other
;; limit: memory=64MiB time=300ms
(func $attack (result i32)
  (loop $grow (br_if $grow (i32.ge_s (memory.grow (i32.const 1)) (i32.const 0))))
  (loop $again
    (memory.copy (i32.const 0) (i32.const 0x10000) (i32.sub (i32.shl (memory.size) (i32.const 16)) (i32.const 0x10000)))
    (br $again))
  (unreachable))
