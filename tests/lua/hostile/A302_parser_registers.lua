--- expect: ok
-- More registers than an instruction can name.
local names = {}
for i = 1, 260 do names[i] = "a" .. i end
local list = table.concat(names, ",")
local function message(source) return (select(2, load(source, "=s"))) end
print(message("local " .. list)) --> s:1: too many local variables (limit is 200) in main function near ','
print(message("local function f(" .. list .. ") end"):match "too many") --> too many
print(message("for " .. list .. " in f do end"):match "too many") --> too many
print(message("return f(" .. list .. ")"):match "function or expression needs too many registers") --> function or expression needs too many registers
print(message("local t = a(" .. ("b("):rep(190) .. (")"):rep(190) .. ")")) --> nil
print(message(list .. " = 1"):match "C stack overflow" or message(list .. "= 1")) --> C stack overflow
print(select("#", load("return " .. table.concat(names, ",", 1, 240))())) --> 240
