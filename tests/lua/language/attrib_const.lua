--- expect: ok
-- <const> is checked by the compiler, also through upvalues.
local limit <const> = 10
local list <const> = { 1 }
list[1] = limit + 1
print(limit, list[1]) --> 10	11
local function try(source)
  print(select(2, load(source, "=c")))
end
try("local a <const> = 1; a = 2") --> c:1: attempt to assign to const variable 'a'
try("local a <const> = {}\nlocal function f() a = nil end") --> c:2: attempt to assign to const variable 'a'
try("local c <close> = nil; c = 1") --> c:1: attempt to assign to const variable 'c'
try("local a <constant> = 1") --> c:1: unknown attribute 'constant'
try("local a <close>, b <close> = 1, 2") --> c:1: multiple to-be-closed variables in local list
local a <const>, b, c <const> = 1, 2
b = 20
print(a, b, c) --> 1	20	nil
local function use() return limit * 2, a end
print(use()) --> 20	1
