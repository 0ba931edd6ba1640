;; expect: ok
;; about: what the C library holds back is claimed to be elsewhere, or endless
;; result: 0 0 0 0
(func $attack (result i32)
  (call $part (i32.const 0x13000) (i32.const 0x13100) (i32.const 4))
  (i32.store (i32.const 0x10114) (i32.const 0xffffffff))
  (i32.store (i32.const 0x10118) (i32.const 0x13100))
  (call $note32 (call $fd_read (i32.const 0) (i32.const 0x13000) (i32.const 1) (i32.const 0x18000)))
  (i32.store (i32.const 0x10114) (i32.const 0x13100))
  (i32.store (i32.const 0x10118) (i32.const 0x13104))
  (call $note32 (call $fd_read (i32.const 0) (i32.const 0x13000) (i32.const 1) (i32.const 0x18000)))
  (i32.store (i32.const 0x10114) (i32.const 0x50001))
  (i32.store (i32.const 0x10118) (i32.const 0x4fff0))
  (call $note32 (call $fd_read (i32.const 0) (i32.const 0x13000) (i32.const 1) (i32.const 0x18000)))
  (i32.store (i32.const 0x10114) (i32.const 0xffffffff))
  (i32.store (i32.const 0x10118) (i32.const 0xfffffff0))
  (call $note32 (call $fd_read (i32.const 0) (i32.const 0x13000) (i32.const 1) (i32.const 0x18000)))
  (call $noted))
