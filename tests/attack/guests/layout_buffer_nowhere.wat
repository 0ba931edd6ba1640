;; expect: error Engine
;; about: error Engine
(data (i32.const 0x13000)
  "\00\00\00\00" "\00\00\00\00" "\00\03\01\00" "\00\01\01\00" "\00\02\01\00" "\00\00\01\00")
(func (export "layout") (result i32) (i32.const 0x13000))
