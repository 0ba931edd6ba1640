;; expect: ok
;; about: a snapshot of a memory in which every page was written
;; call: copies
(func $attack (result i32)
  (loop $again (br_if $again (i32.ge_s (memory.grow (i32.const 1)) (i32.const 0))))
  (memory.fill (i32.const 0x50000) (i32.const 7) (i32.sub (i32.shl (memory.size) (i32.const 16)) (i32.const 0x50000)))
  (call $nothing))
