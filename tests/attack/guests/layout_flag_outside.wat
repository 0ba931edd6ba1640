;; expect: error Engine
;; about: the flag of a copy lies behind the end
(data (i32.const 0x13000)
  "\00\10\01\00" "\00\10\00\00" "\fd\ff\04\00" "\00\01\01\00" "\00\02\01\00" "\00\00\01\00")
(func (export "layout") (result i32) (i32.const 0x13000))
