;; expect: limit fuel
;; about: a loop that calls nobody
(func $attack (result i32) (loop $again (br $again)) (unreachable))
