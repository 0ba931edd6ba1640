;; expect: error Engine
;; about: where things are is asked of the host
(func (export "layout") (result i32) (call $settings (i32.const 0x18000)) (i32.const 0x10000))
