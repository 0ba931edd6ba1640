--- expect: ok
--- mount: modules
-- What a module returns decides what require keeps: nothing becomes true, false is loaded again.
print(require("no_value")) --> true	/modules/no_value.lua
print(require("no_value"), no_value_loads) --> true	1
print(require("returns_false")) --> false	/modules/returns_false.lua
print((require("returns_false")), false_loads) --> false	2
print(require("sets_loaded").set) --> by the module itself
