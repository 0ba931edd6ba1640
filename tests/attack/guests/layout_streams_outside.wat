;; expect: error Engine
;; about: the C library keeps its streams where there is no memory
(data (i32.const 0x13000)
  "\00\10\01\00" "\00\10\00\00" "\00\03\01\00" "\f0\ff\ff\ff" "\fe\ff\04\00" "\00\00\01\00")
(func (export "layout") (result i32) (i32.const 0x13000))
