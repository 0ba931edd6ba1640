;; expect: ok
;; about: where a link points goes to no room, to endless room, and to nowhere
;; result: 0 0 0 12 21 21 21 0
(data (i32.const 0x13100) "../canary")
(data (i32.const 0x13110) "/etc/passwd")
(data (i32.const 0x13120) "out")
(data (i32.const 0x13130) "a/../../canary")
(data (i32.const 0x13140) "up/canary")
(func $attack (result i32)
  (call $note32 (call $path_readlink (i32.const 3) (i32.const 0x13120) (i32.const 3) (i32.const 0x18100) (i32.const 0) (i32.const 0x18000)))
  (call $note32 (i32.load (i32.const 0x18000)))
  (call $note32 (call $path_readlink (i32.const 3) (i32.const 0x13120) (i32.const 3) (i32.const 0x18100) (i32.const -1) (i32.const 0x18000)))
  (call $note32 (i32.load (i32.const 0x18000)))
  (call $note32 (call $path_readlink (i32.const 3) (i32.const 0x13120) (i32.const 3) (i32.const 0x4fffe) (i32.const 64) (i32.const 0x18000)))
  (call $note32 (call $path_readlink (i32.const 3) (i32.const 0x13120) (i32.const 3) (i32.const -1) (i32.const 64) (i32.const 0x18000)))
  (call $note32 (call $path_readlink (i32.const 3) (i32.const 0x13120) (i32.const 3) (i32.const 0x18100) (i32.const 64) (i32.const -1)))
  (call $note32 (call $path_readlink (i32.const 3) (i32.const 0x13120) (i32.const 3) (i32.const 0x13120) (i32.const 64) (i32.const 0x13122)))
  (call $noted))
