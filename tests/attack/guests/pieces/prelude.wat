;; The memory of a hostile guest:
;;   0x00000  the stack
;;   0x10000  what `layout` points to: transfer buffer and its size, asleep, standard output and input, end of the stack
;;   0x10100  standard output, 0x10200 standard input, as the C library keeps them: nothing pending
;;   0x11000  the transfer buffer, 4 KiB
;;   0x12000  the place of a reply: address and size. 0x12010: a reply without values
;;   0x13000  free for the attack, as is 0x18000
;;   0x14000  what was noted
;;   0x20000  what `allocate` hands out, 64 KiB
;;   0x30000  free, up to 0x50000
(data (i32.const 0x10000)
  "\00\10\01\00" "\00\10\00\00" "\00\03\01\00" "\00\01\01\00" "\00\02\01\00" "\00\00\01\00")
(data (i32.const 0x12010) "\18\20\01\00" "\01\00\00\00" "\00")

(global $noted_to (mut i32) (i32.const 0x14001))
(global $handed_out (mut i32) (i32.const 0x20000))

;; A reply of so many bytes at an address.
(func $reply (param $address i32) (param $size i32) (result i32)
  (i32.store (i32.const 0x12000) (local.get $address))
  (i32.store (i32.const 0x12004) (local.get $size))
  (i32.const 0x12000))

;; A reply without values.
(func $nothing (result i32) (i32.const 0x12010))

;; Notes a number, for `$noted`.
(func $note (param $number i64)
  (if (i32.gt_u (global.get $noted_to) (i32.const 0x17ff0)) (then (return)))
  (i32.store8 (global.get $noted_to) (i32.const 3))
  (i64.store align=1 (i32.add (global.get $noted_to) (i32.const 1)) (local.get $number))
  (global.set $noted_to (i32.add (global.get $noted_to) (i32.const 9))))

(func $note32 (param $number i32) (call $note (i64.extend_i32_s (local.get $number))))

;; A reply with the numbers that were noted.
(func $noted (result i32)
  (local $size i32)
  (local.set $size (i32.sub (global.get $noted_to) (i32.const 0x14000)))
  (i32.store8 (i32.const 0x14000) (i32.const 0))
  (global.set $noted_to (i32.const 0x14001))
  (call $reply (i32.const 0x14000) (local.get $size)))

;; A place for so many bytes, 0 when there is none left.
(func $place (param $size i32) (result i32)
  (local $at i32)
  (local.set $at (global.get $handed_out))
  (if (i32.gt_u (local.get $size) (i32.sub (i32.const 0x30000) (local.get $at)))
    (then (global.set $handed_out (i32.const 0x20000)) (return (i32.const 0))))
  (global.set $handed_out (i32.add (local.get $at) (local.get $size)))
  (local.get $at))

;; Puts address and size of a part for a scattered read or write.
(func $part (param $entry i32) (param $address i32) (param $size i32)
  (i32.store (local.get $entry) (local.get $address))
  (i32.store (i32.add (local.get $entry) (i32.const 4)) (local.get $size)))
