;; expect: limit stdout
;; about: output without end
(func $attack (result i32)
  (loop $again
    (call $part (i32.const 0x13000) (i32.const 0) (i32.const 0x8000))
    (drop (call $fd_write (i32.const 1) (i32.const 0x13000) (i32.const 1) (i32.const 0x18000)))
    (br $again))
  (unreachable))
