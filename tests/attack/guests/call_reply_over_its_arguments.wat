;; expect: ok
;; about: the place of the reply lies in the arguments
;; result: 10 11
(data (i32.const 0x13000) "\03\01\02\03\04\05\06\07\08")
(func $attack (result i32)
  (call $call (i32.const 0x62304dea) (i32.const 0x13000) (i32.const 9) (i32.const 0x13002))
  (call $note32 (i32.load (i32.const 0x13002)))
  (call $call (i32.const 0x62304dea) (i32.const 0x11000) (i32.const 10) (i32.const 0x11004))
  (call $note32 (i32.load (i32.const 0x11004)))
  (call $noted))
