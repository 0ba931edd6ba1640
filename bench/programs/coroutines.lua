-- Coroutines: generators in a pipeline, and many that are short.
local function numbers(limit)
  return coroutine.wrap(function()
    for i = 1, limit do coroutine.yield(i) end
  end)
end

local function filtered(source, keep)
  return coroutine.wrap(function()
    for value in source do
      if keep(value) then coroutine.yield(value) end
    end
  end)
end

local sum = 0
for value in filtered(numbers(120000), function(x) return x % 3 ~= 0 end) do
  sum = (sum * 3 + value) % 1000000007
end

for i = 1, 12000 do
  local thread = coroutine.create(function(a)
    local b = coroutine.yield(a + 1)
    return a * b
  end)
  local _, next_value = coroutine.resume(thread, i)
  local _, product = coroutine.resume(thread, next_value)
  sum = sum + product % 1000
end
return sum
