--- expect: ok
--- mount: modules
-- A module that is a precompiled chunk is refused.
local ok, message = pcall(require, "bytecode")
print(ok, message:match("^error loading module 'bytecode' from file '/modules/bytecode.lua'")) --> false	error loading module 'bytecode' from file '/modules/bytecode.lua'
print(package.loaded.bytecode) --> nil
