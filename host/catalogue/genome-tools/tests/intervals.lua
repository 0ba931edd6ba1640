-- Every operation against counting position by position, on intervals of a fixed sequence of numbers.
local genome = require "genome_tools"

local function fails(expected, f, ...)
  local ok, message = pcall(f, ...)
  if ok or not tostring(message):find(expected, 1, true) then
    error(("expected an error with %q, got %s"):format(expected, tostring(message)), 2)
  end
end

local function shown(list)
  local out = {}
  for i, interval in ipairs(list) do
    out[i] = (interval.on and interval.on .. ":" or "") .. interval.first .. "-" .. interval.last
  end
  return table.concat(out, " ")
end

local function read(text)
  local list = {}
  for on, first, last in text:gmatch "(%a?)(%d+)%-(%d+)" do
    list[#list + 1] = { on = on ~= "" and on or nil, first = math.tointeger(first), last = math.tointeger(last) }
  end
  return list
end

assert(genome.overlap(read "1-5" [1], read "5-9" [1]) == 1 and genome.overlap(read "1-5" [1], read "6-9" [1]) == 0)
assert(genome.overlap(read "1-9" [1], read "3-4" [1]) == 2 and genome.overlap(read "a1-9" [1], read "b1-9" [1]) == 0)
assert(shown(genome.merge(read "5-9 1-3 4-4 12-13")) == "1-9 12-13", "neighbours become one")
assert(shown(genome.merge(read "1-3 5-6 9-9", 1)) == "1-6 9-9")
assert(shown(genome.merge(read "b1-3 a2-5 a1-1 b3-9")) == "a:1-5 b:1-9")
assert(shown(genome.intersect(read "1-10 20-30", read "5-22 25-25 29-40")) == "5-10 20-22 25-25 29-30")
assert(shown(genome.subtract(read "1-10 20-30", read "5-22 25-25 29-40")) == "1-4 23-24 26-28")
assert(shown(genome.subtract(read "a1-10 b1-10", read "a1-10")) == "b:1-10")
assert(genome.coverage(read "1-10 5-12 a1-2") == 14)
assert(shown(genome.merge {}) == "" and shown(genome.subtract({}, {})) == "" and genome.coverage {} == 0)
local near, gap = genome.nearest(read "10-11" [1], read "1-4 7-8 14-20")
assert(shown { near } == "7-8" and gap == 1)
near, gap = genome.nearest(read "10-11" [1], read "1-7 14-20")
assert(shown { near } == "1-7" and gap == 2, "of two equally near the left one")
near, gap = genome.nearest(read "10-11" [1], read "1-15 12-20")
assert(shown { near } == "1-15" and gap == 0)
assert(genome.nearest(read "a10-11" [1], read "b1-15") == nil and genome.nearest(read "1-1" [1], {}) == nil)
local named = { first = 3, last = 4, gene = "abc" }
assert(genome.interval_index { named }:overlapping({ first = 1, last = 3 })[1] == named, "the interval itself")

local seed = 12345
local function random(most)
  seed = (seed * 1103515245 + 12345) % 2147483648
  return seed // 65536 % most + 1
end
local function some(count)
  local list = {}
  for i = 1, count do
    local first = random(200)
    list[i] = { on = random(2) == 1 and "a" or nil, first = first, last = first + random(30) - 1 }
  end
  return list
end
local function positions(list)
  local set, count = {}, 0
  for _, interval in ipairs(list) do
    for position = interval.first, interval.last do
      local key = (interval.on or "") .. position
      count = count + (set[key] and 0 or 1)
      set[key] = true
    end
  end
  return set, count
end
local function same(list, wanted)
  local set = positions(list)
  for key in pairs(set) do assert(wanted(key), key) end
  return set
end
for round = 1, 60 do
  local a, b = some(random(12)), some(random(12))
  local in_a, count_a = positions(a)
  local in_b = positions(b)
  assert(genome.coverage(a) == count_a)
  local both = same(genome.intersect(a, b), function(key) return in_a[key] and in_b[key] end)
  local rest = same(genome.subtract(a, b), function(key) return in_a[key] and not in_b[key] end)
  for key in pairs(in_a) do assert(both[key] or rest[key], round .. key) end
  local index = genome.interval_index(a)
  for _, query in ipairs(b) do
    local expected, least, found = 0, math.huge, {}
    for _, interval in ipairs(a) do
      if interval.on == query.on then
        if genome.overlap(interval, query) > 0 then expected = expected + 1 end
        least = math.min(least, math.max(0, interval.first - query.last - 1, query.first - interval.last - 1))
      end
    end
    for _, interval in ipairs(index:overlapping(query)) do
      assert(not found[interval] and genome.overlap(interval, query) > 0)
      found[interval], expected = true, expected - 1
    end
    assert(expected == 0)
    local _, distance = index:nearest(query)
    assert((distance or math.huge) == least)
  end
end

fails("argument `list[2].last`: expected an integer from 5 up, got 4", genome.merge, { { first = 1, last = 1 }, { first = 5, last = 4 } })
fails("argument `list[1].first`: expected an integer, got nil", genome.interval_index, { {} })
fails("argument `a`: expected an interval, got nil", genome.overlap)
fails("argument `b`: expected a list of intervals, got nil", genome.subtract, {})
fails("argument `gap`", genome.merge, {}, -1)
fails("argument `interval.on`: expected a name, got 5", function() genome.interval_index({}):nearest { first = 1, last = 1, on = 5 } end)
