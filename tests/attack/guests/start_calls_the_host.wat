;; expect: error Engine
;; about: a function that calls the host before there is a guest
(func $start (call $settings (i32.const 0x18000)))
(start $start)
