;; expect: limit fuel
;; about: writing nothing for ever is paid for
(func $attack (result i32)
  (loop $again
    (drop (call $fd_write (i32.const 1) (i32.const 0x13000) (i32.const 1) (i32.const 0x18000)))
    (br $again))
  (unreachable))
