-- How much two trees with the same leaves differ.
local check = require "phylo_tree.check"
local root = require "phylo_tree.root"
local walk = require "phylo_tree.walk"

local compare = {}

-- The number of each leaf, in the order of the first tree.
local function ranks_of(tree, argument)
  local ranks, count = {}, 0
  for _, name in ipairs(walk.leaf_names(tree)) do
    if ranks[name] then check.fail(argument, "every name once", name, 4) end
    count = count + 1
    ranks[name] = count
  end
  return ranks, count
end

local function check_same(a, b)
  for name in pairs(a) do
    if not b[name] then check.fail("b", "the leaves of `a`", "a tree without " .. name, 4) end
  end
  for name in pairs(b) do
    if not a[name] then check.fail("b", "the leaves of `a`", name, 4) end
  end
end

-- Visits the groups of at least two leaves, and at most `most`: visit(least rank, greatest rank, how many). Nodes with
-- one child say nothing new.
local function groups(tree, ranks, most, visit)
  local low, high, size = {}, {}, {}
  for node in walk.postorder(tree) do
    local children = node.children
    if not children or #children == 0 then
      low[node], high[node], size[node] = ranks[node.name], ranks[node.name], 1
    else
      local first, last, count = math.huge, 0, 0
      for _, child in ipairs(children) do
        first, last, count = math.min(first, low[child]), math.max(last, high[child]), count + size[child]
        low[child], high[child], size[child] = nil, nil, nil
      end
      low[node], high[node], size[node] = first, last, count
      if #children > 1 and count <= most then visit(first, last, count) end
    end
  end
end

-- A group of the second tree is one of the first when its ranks, counted by the first, have no gap and the same ends
-- (Day 1985): time and memory grow with the number of leaves.
local function count_groups(a, b, most)
  local ranks, known = ranks_of(a, "a"), {}
  local in_a, in_b, shared = 0, 0, 0
  groups(a, ranks, most, function(first, last)
    in_a = in_a + 1
    known[first << 32 | last] = true
  end)
  groups(b, ranks, most, function(first, last, count)
    in_b = in_b + 1
    if last - first + 1 == count and known[first << 32 | last] then shared = shared + 1 end
  end)
  return in_a, in_b, shared
end

-- Robinson and Foulds (1981): the groups (of rooted trees) or splits (of unrooted ones) that only one of both has.
function compare.robinson_foulds(a, b, options)
  check.tree(a, "a")
  check.tree(b, "b")
  options = check.options(options, { rooted = false })
  local names, count = ranks_of(a, "a")
  check_same(names, (ranks_of(b, "b")))
  local most = count - 1
  if not options.rooted and count > 3 then
    local first = walk.leaf_names(a)[1] -- seen from one leaf, every split is a group
    a, b, most = root.root_at(a, first), root.root_at(b, first), count - 2
  elseif not options.rooted then
    most = 0
  end
  local in_a, in_b, shared = count_groups(a, b, most)
  return {
    distance = in_a + in_b - 2 * shared, shared = shared, only_a = in_a - shared, only_b = in_b - shared,
    normalized = in_a + in_b > 0 and (in_a + in_b - 2 * shared) / (in_a + in_b) or 0.0,
  }
end

return compare
