--- expect: ok
-- Objects, inheritance, method calls with strings and tables, and self.
local Account = {}
Account.__index = Account
function Account.new(balance) return setmetatable({ balance = balance }, Account) end
function Account:deposit(v) self.balance = self.balance + v; return self end
local Savings = setmetatable({}, { __index = Account })
Savings.__index = Savings
function Savings.new(b, rate)
  local o = Account.new(b)
  o.rate = rate
  return setmetatable(o, Savings)
end
function Savings:deposit(v) return Account.deposit(self, v * (1 + self.rate)) end
print(Account.new(1):deposit(2):deposit(3).balance) --> 6
print(Savings.new(0, 0.5):deposit(100).balance) --> 150.0
print(("x"):rep(3), ("%d!"):format(7), #("abc"):upper()) --> xxx	7!	3
local s = "text"
print(s:len(), s:sub(2, 3), s.upper == string.upper) --> 4	ex	true
local m = { n = 1, f = function(self, d) return self.n + d end }
print(m:f(1), m.f(m, 2), m["f"](m, 3)) --> 2	3	4
print(pcall(function() m:missing() end))
--> false	classes.lua:22: attempt to call a nil value (method 'missing')
print(pcall(function() s:missing() end))
--> false	classes.lua:24: attempt to call a nil value (method 'missing')
print(type { f = 1 }, #"abc" == # "abc", type "x") --> table	true	string
