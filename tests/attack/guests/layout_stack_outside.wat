;; expect: error Engine
;; about: the stack ends behind the end of memory
(data (i32.const 0x13000)
  "\00\10\01\00" "\00\10\00\00" "\00\03\01\00" "\00\01\01\00" "\00\02\01\00" "\00\f0\ff\ff")
(func (export "layout") (result i32) (i32.const 0x13000))
