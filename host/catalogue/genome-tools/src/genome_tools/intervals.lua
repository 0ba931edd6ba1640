-- Intervals { first, last [, on] }: positions from 1, both ends included; `on` names the sequence. Other fields stay
-- in the intervals that are returned as they are, and are not in those that are made.
local check = require "genome_tools.check"

local intervals = {}

local function check_interval(value, name, level)
  if type(value) ~= "table" then check.fail(name, "an interval", value, level + 1) end
  local first, last = value.first, value.last
  if math.type(first) ~= "integer" then check.fail(name .. ".first", "an integer", first, level + 1) end
  if math.type(last) ~= "integer" or last < first then
    check.fail(name .. ".last", ("an integer from %d up"):format(first), last, level + 1)
  end
  if value.on ~= nil and type(value.on) ~= "string" then check.fail(name .. ".on", "a name", value.on, level + 1) end
end

local function check_list(list, name)
  if type(list) ~= "table" then check.fail(name, "a list of intervals", list, 4) end
  for i, interval in ipairs(list) do check_interval(interval, ("%s[%d]"):format(name, i), 4) end
end

local function before(a, b)
  local on_a, on_b = a.on or "", b.on or ""
  if on_a ~= on_b then return on_a < on_b end
  if a.first ~= b.first then return a.first < b.first end
  return a.last < b.last
end

local function sorted(list)
  local copy = table.move(list, 1, #list, 1, {})
  table.sort(copy, before)
  return copy
end

local function make(on, first, last) return { on = on, first = first, last = last } end

-- How many positions two intervals share.
function intervals.overlap(a, b)
  check_interval(a, "a", 3)
  check_interval(b, "b", 3)
  if a.on ~= b.on then return 0 end
  return math.max(0, math.min(a.last, b.last) - math.max(a.first, b.first) + 1)
end

-- Those that overlap, touch, or have at most `gap` positions between them as one.
local function merged(list, gap)
  local result, current = {}, nil
  for _, interval in ipairs(sorted(list)) do
    if current and current.on == interval.on and interval.first - current.last - 1 <= gap then
      if interval.last > current.last then current.last = interval.last end
    else
      current = make(interval.on, interval.first, interval.last)
      result[#result + 1] = current
    end
  end
  return result
end

function intervals.merge(list, gap)
  check_list(list, "list")
  return merged(list, check.integer(gap or 0, "gap", 0, 1 << 53))
end

-- Whether an interval lies wholly before another, or on a sequence before it.
local function wholly_before(a, b)
  local on_a, on_b = a.on or "", b.on or ""
  if on_a ~= on_b then return on_a < on_b end
  return a.last < b.first
end

-- Walks two merged lists side by side: visit(interval of a, from, to), the range of b that overlaps it.
local function side_by_side(a, b, visit)
  local at = 1
  for _, interval in ipairs(a) do
    while b[at] and wholly_before(b[at], interval) do at = at + 1 end
    local last = at
    while b[last] and b[last].on == interval.on and b[last].first <= interval.last do last = last + 1 end
    visit(interval, at, last - 1)
  end
end

-- The positions that are in both lists.
function intervals.intersect(a, b)
  check_list(a, "a")
  check_list(b, "b")
  local left, right, result = merged(a, 0), merged(b, 0), {}
  side_by_side(left, right, function(interval, from, to)
    for i = from, to do
      local first, last = math.max(interval.first, right[i].first), math.min(interval.last, right[i].last)
      if first <= last then result[#result + 1] = make(interval.on, first, last) end
    end
  end)
  return result
end

-- The positions that are in the first list and not in the second.
function intervals.subtract(a, b)
  check_list(a, "a")
  check_list(b, "b")
  local left, right, result = merged(a, 0), merged(b, 0), {}
  side_by_side(left, right, function(interval, from, to)
    local first = interval.first
    for i = from, to do
      if right[i].first > first then result[#result + 1] = make(interval.on, first, right[i].first - 1) end
      first = math.max(first, right[i].last + 1)
    end
    if first <= interval.last then result[#result + 1] = make(interval.on, first, interval.last) end
  end)
  return result
end

-- How many positions are covered.
function intervals.coverage(list)
  check_list(list, "list")
  local total = 0
  for _, interval in ipairs(merged(list, 0)) do total = total + interval.last - interval.first + 1 end
  return total
end

-- Index -------------------------------------------------------------------------------------------------------
-- For each sequence the intervals by their first position, and over them a tree of the greatest last positions: node i
-- has the children 2 i and 2 i + 1, the leaves begin at `leaves`.
local Index = {}
Index.__index = Index

local function tree_of(list)
  local leaves = 1
  while leaves < #list do leaves = leaves * 2 end
  local most = {}
  for i = 1, 2 * leaves - 1 do most[i] = math.mininteger end
  for i, interval in ipairs(list) do most[leaves + i - 1] = interval.last end
  for i = leaves - 1, 1, -1 do most[i] = math.max(most[2 * i], most[2 * i + 1]) end
  local latest = {} -- of the first i the one that ends last
  for i, interval in ipairs(list) do
    latest[i] = (i > 1 and latest[i - 1].last >= interval.last) and latest[i - 1] or interval
  end
  return { list = list, leaves = leaves, most = most, latest = latest }
end

function intervals.interval_index(list)
  check_list(list, "list")
  local groups, trees = {}, {}
  for _, interval in ipairs(sorted(list)) do
    local on = interval.on or ""
    groups[on] = groups[on] or {}
    table.insert(groups[on], interval)
  end
  for on, group in pairs(groups) do trees[on] = tree_of(group) end
  return setmetatable({ trees = trees }, Index)
end

-- How many begin at or before a position.
local function count_until(list, position)
  local low, high = 0, #list
  while low < high do
    local middle = (low + high + 1) // 2
    if list[middle].first <= position then low = middle else high = middle - 1 end
  end
  return low
end

-- The first of the intervals i .. upto that ends at or behind a position: up the tree to a node that has one, then down.
local function next_ending(tree, i, upto, position)
  if i > upto then return nil end
  local node = tree.leaves + i - 1
  while tree.most[node] < position do
    while node % 2 == 1 do
      if node == 1 then return nil end
      node = node // 2
    end
    node = node + 1
  end
  while node < tree.leaves do
    node = 2 * node
    if tree.most[node] < position then node = node + 1 end
  end
  local found = node - tree.leaves + 1
  return found <= upto and found or nil
end

-- Those that share a position with the interval, by their first position.
function Index:overlapping(interval)
  check_interval(interval, "interval", 3)
  local tree, result = self.trees[interval.on or ""], {}
  if not tree then return result end
  local upto = count_until(tree.list, interval.last)
  local i = next_ending(tree, 1, upto, interval.first)
  while i do
    result[#result + 1] = tree.list[i]
    i = next_ending(tree, i + 1, upto, interval.first)
  end
  return result
end

-- The nearest one, and how many positions lie between; 0 when they overlap or touch. Of two equally near the left one.
function Index:nearest(interval)
  check_interval(interval, "interval", 3)
  local tree = self.trees[interval.on or ""]
  if not tree then return nil end
  local upto = count_until(tree.list, interval.last)
  local inside = next_ending(tree, 1, upto, interval.first)
  if inside then return tree.list[inside], 0 end
  local left, right = tree.latest[upto], tree.list[upto + 1]
  local left_gap = left and interval.first - left.last - 1
  local right_gap = right and right.first - interval.last - 1
  if left and (not right or left_gap <= right_gap) then return left, left_gap end
  return right, right_gap
end

function intervals.nearest(interval, list)
  check_interval(interval, "interval", 3)
  check_list(list, "list")
  return intervals.interval_index(list):nearest(interval)
end

return intervals
