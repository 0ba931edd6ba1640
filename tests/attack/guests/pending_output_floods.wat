;; expect: limit stdout
;; about: each read takes over 64 KiB that were held back
(func $attack (result i32)
  (loop $again
    (i32.store (i32.const 0x10114) (i32.const 0x30000))
    (i32.store (i32.const 0x10118) (i32.const 0x20000))
    (call $part (i32.const 0x13000) (i32.const 0x13100) (i32.const 1))
    (drop (call $fd_read (i32.const 0) (i32.const 0x13000) (i32.const 1) (i32.const 0x18000)))
    (br $again))
  (unreachable))
