;; expect: error Engine
;; about: a function that runs before anything is asked, for ever
(func $start (loop $again (br $again)))
(start $start)
