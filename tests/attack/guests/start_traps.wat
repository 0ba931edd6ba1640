;; expect: error Engine
;; about: a function that fails before anything is asked
(func $start (unreachable))
(start $start)
