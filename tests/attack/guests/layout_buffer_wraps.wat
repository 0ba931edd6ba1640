;; expect: error Engine
;; about: the transfer buffer goes around the end of 32 bits
(data (i32.const 0x13000)
  "\00\f0\ff\ff" "\00\20\00\00" "\00\03\01\00" "\00\01\01\00" "\00\02\01\00" "\00\00\01\00")
(func (export "layout") (result i32) (i32.const 0x13000))
