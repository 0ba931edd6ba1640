;; expect: ok
;; about: clearing what is free ends the guest
;; call: snapshot
(func (export "bioxen:lua/vm@0.1.0#clear") (unreachable))
