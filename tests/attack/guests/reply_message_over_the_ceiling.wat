;; expect: raised
;; about: a message that is longer than messages may be is cut
(data (i32.const 0x2fff0) "\02\00\05\01\80\00\00")
(data (i32.const 0x37ff8) "\05\00\00\00\00")
(func $attack (result i32)
  (call $reply (i32.const 0x2fff0) (i32.const 0x800d)))
