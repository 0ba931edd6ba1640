--- expect: ok
--- mount: modules
-- Two modules that require each other fail with an error, and nothing else is damaged.
local ok, message = pcall(require, "cycle_a")
print(ok, type(message)) --> false	string
print(package.loaded.cycle_a, package.loaded.cycle_b) --> nil	nil
print(require("simple").name) --> simple
