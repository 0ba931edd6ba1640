;; expect: limit time
;; about: looking for a file for ever
;; limit: time=100ms
(data (i32.const 0x13100) "a")
(func $attack (result i32)
  (loop $again
    (drop (call $path_filestat_get (i32.const 3) (i32.const 0) (i32.const 0x13100) (i32.const 1) (i32.const 0x18000)))
    (br $again))
  (unreachable))
