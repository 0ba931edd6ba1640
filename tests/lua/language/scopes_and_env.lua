--- expect: ok
-- _ENV is a plain variable: globals follow it, and a chunk can be given its own.
x = "global"
do
  local _ENV = { print = print, x = "private" }
  print(x, tostring) --> private	nil
  y = 1
end
print(x, y) --> global	nil
local function sandboxed(_ENV) return a + b end
print(sandboxed { a = 1, b = 2 }) --> 3
local env = {}
load("answer = 42; function double() return answer * 2 end", "=c", "t", env)()
print(answer, env.answer, env.double()) --> nil	42	84
print(_G._G == _G, _ENV == _G, _G.x) --> true	true	global
_G["odd name"] = 1
print(_ENV["odd name"]) --> 1
local strict = setmetatable({}, { __index = function(_, k) error("undeclared " .. k, 2) end })
print(pcall(load("return a_typo", "=c", "t", strict))) --> false	c:1: undeclared a_typo
local function no_env() local _ENV <const> = nil; return z end
print(pcall(no_env)) --> false	scopes_and_env.lua:20: attempt to index a nil value
local function level1() local v = 1; local function level2() v = v + 1; return v end return level2 end
print(level1()(), level1()()) --> 2	2
