;; expect: ok
;; about: the source is a program of calls: any import, any numbers, any bytes in memory. `fuzz/guests/imports.rs` writes them
(global $at (mut i32) (i32.const 0))
(global $end (mut i32) (i32.const 0))

;; The next byte of the program, 0 behind its end.
(func $byte (result i32)
  (if (i32.ge_u (global.get $at) (global.get $end)) (then (return (i32.const 0))))
  (i32.load8_u (global.get $at))
  (global.set $at (i32.add (global.get $at) (i32.const 1))))

(func $word (result i32)
  (i32.or
    (i32.or (call $byte) (i32.shl (call $byte) (i32.const 8)))
    (i32.or (i32.shl (call $byte) (i32.const 16)) (i32.shl (call $byte) (i32.const 24)))))

(func $long (result i64)
  (i64.or (i64.extend_i32_u (call $word)) (i64.shl (i64.extend_i32_u (call $word)) (i64.const 32))))

;; Puts bytes of the program anywhere; a place outside of memory is a trap.
(func $put
  (local $address i32) (local $size i32)
  (local.set $address (call $word))
  (local.set $size (call $byte))
  (if (i32.gt_u (local.get $size) (i32.sub (global.get $end) (global.get $at)))
    (then (local.set $size (i32.sub (global.get $end) (global.get $at)))))
  (memory.copy (local.get $address) (global.get $at) (local.get $size))
  (global.set $at (i32.add (global.get $at) (local.get $size))))

(;dispatch;)

(func (export "bioxen:lua/vm@0.1.0#exec")
  (param $source i32) (param $size i32) (param i32 i32 i32 i32) (result i32)
  (local $number i32)
  ;; A copy: replies overwrite the transfer buffer.
  (if (i32.gt_u (local.get $size) (i32.const 0x10000)) (then (local.set $size (i32.const 0x10000))))
  (memory.copy (i32.const 0x30000) (local.get $source) (local.get $size))
  (global.set $at (i32.const 0x30000))
  (global.set $end (i32.add (i32.const 0x30000) (local.get $size)))
  (block $done
    (loop $next
      (br_if $done (i32.ge_u (global.get $at) (global.get $end)))
      (local.set $number (call $byte))
      (if (i32.eq (local.get $number) (i32.const 0xff)) (then (call $put) (br $next)))
      (if (i32.eq (local.get $number) (i32.const 0xfe))
        (then (call $note32 (memory.grow (call $byte))) (br $next)))
      (call $dispatch (local.get $number))
      (br $next)))
  (call $noted))
