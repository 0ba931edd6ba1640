-- Closures: made, kept, composed and called through their captured variables.
local function counter(step)
  local count = 0
  return function()
    count = count + step
    return count
  end
end

local function compose(f, g)
  return function(x) return f(g(x)) end
end

local function map(list, f)
  local result = {}
  for i = 1, #list do result[i] = f(list[i]) end
  return result
end

local sum = 0
for i = 1, 40000 do
  local count = counter(i % 7)
  count()
  sum = sum + count() + count()
end

local chain = function(x) return x end
for i = 1, 30 do
  chain = compose(function(x) return (x + i) % 1000 end, chain)
end
for i = 1, 12000 do sum = sum + chain(i) end

local list = {}
for i = 1, 1000 do list[i] = i end
for round = 1, 100 do
  list = map(list, function(x) return (x * round + 1) % 997 end)
end
for i = 1, #list do sum = sum + list[i] end
return sum
