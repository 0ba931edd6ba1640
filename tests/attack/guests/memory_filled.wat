;; expect: ok
;; about: all the memory that there is, and a byte on each page
;; result: 62
(func $attack (result i32)
  (loop $again (br_if $again (i32.ge_s (memory.grow (i32.const 1)) (i32.const 0))))
  (memory.fill (i32.const 0x50000) (i32.const 7) (i32.sub (i32.shl (memory.size) (i32.const 16)) (i32.const 0x50000)))
  (call $note32 (memory.size))
  (call $noted))
