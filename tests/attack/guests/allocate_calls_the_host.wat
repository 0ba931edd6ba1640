;; expect: ok
;; about: asking for memory asks the host, which goes on with a reply of its own
;; call: long
(func (export "allocate") (param $size i32) (result i32)
  (call $settings (i32.const 0x18000)) (call $more (i32.const 0) (i32.const 0x18000)) (i32.const 0x30000))
