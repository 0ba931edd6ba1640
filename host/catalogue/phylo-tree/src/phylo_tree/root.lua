-- Where a tree begins. These functions make a new tree and leave the one that they are given as it is.
local check = require "phylo_tree.check"
local walk = require "phylo_tree.walk"

local root = {}

-- Takes a node with one child out of the tree: both branches become one.
local function without_single(node)
  local only = node.children[1]
  if node.length or only.length then only.length = (node.length or 0) + (only.length or 0) end
  return only
end

-- Hangs what is above a node below `from`, turning all branches on the way to the old root. `carried` is the length of
-- the branch between both. An old root that is left between two nodes goes.
local function turn(parents, node, from, carried)
  local child, parent = node, parents[node]
  while parent do
    local above, keep = parents[parent], {}
    for _, other in ipairs(parent.children) do
      if other ~= child then keep[#keep + 1] = other end
    end
    parent.children = #keep > 0 and keep or nil
    parent.length, carried = carried, parent.length
    child = parent
    if not above and #keep == 1 then parent = without_single(parent) end
    if above or #keep > 0 or parent.name then
      from.children = from.children or {}
      table.insert(from.children, parent)
    end
    from, parent = parent, above
  end
end

-- A new root on the branch above a node, so far from it.
local function root_above(tree, node, below)
  local parents, length = walk.parents(tree), node.length
  local new = { children = { node } }
  node.length = below
  turn(parents, node, new, length and length - below)
  return new
end

-- The node itself as the root.
local function root_on(tree, node)
  local parents, length = walk.parents(tree), node.length
  node.length = nil
  turn(parents, node, node, length)
  return node
end

local function leaves_below(node)
  local set, count = {}, 0
  for _, leaf in ipairs(walk.leaves(node)) do set[leaf], count = true, count + 1 end
  return set, count
end

-- The node whose leaves are those of the set, or those that are not in it.
local function node_of(tree, set, count)
  local all = walk.leaves(tree)
  for _, inside in ipairs { true, false } do
    local wanted = {}
    for _, leaf in ipairs(all) do
      if (set[leaf] or false) == inside then wanted[#wanted + 1] = leaf end
    end
    local node = #wanted > 0 and walk.common_ancestor(tree, wanted)
    local size = inside and count or #all - count
    if node and node ~= tree and select(2, leaves_below(node)) == size then return node end
  end
end

-- The root between the leaves with these names and all others, in the middle of the branch.
function root.root_at(tree, outgroup)
  check.tree(tree)
  if type(outgroup) == "string" then outgroup = { outgroup } end
  if type(outgroup) ~= "table" or #outgroup == 0 then check.fail("outgroup", "a name or a list of names", outgroup) end
  local copy = walk.copy(tree)
  local set, count = {}, 0
  for i, name in ipairs(outgroup) do
    local leaf = type(name) == "string" and walk.find(copy, name)
    if not leaf or (leaf.children and #leaf.children > 0) then
      check.fail(("outgroup[%d]"):format(i), "the name of a leaf", name)
    end
    if not set[leaf] then set[leaf], count = true, count + 1 end
  end
  if count == #walk.leaves(copy) then check.fail("outgroup", "less than all leaves", "all of them") end
  local node = node_of(copy, set, count)
  if not node then
    check.fail("outgroup", "leaves that one branch parts from all others", table.concat(outgroup, ", "))
  end
  return root_above(copy, node, node.length and node.length / 2)
end

-- The two leaves that are furthest apart: the deeper one, and the length of the way between them.
local function longest_way(tree)
  local deepest, depth, best, from = {}, {}, -math.huge, nil
  for node in walk.postorder(tree) do
    if not node.children or #node.children == 0 then
      deepest[node], depth[node] = node, 0.0
    end
    for _, child in ipairs(node.children or {}) do
      local below = depth[child] + (child.length or 0)
      if depth[node] and depth[node] + below > best then
        best, from = depth[node] + below, depth[node] >= below and deepest[node] or deepest[child]
      end
      if not depth[node] or below > depth[node] then deepest[node], depth[node] = deepest[child], below end
    end
  end
  return from, best
end

-- The root in the middle of the longest way between two leaves.
function root.midpoint_root(tree)
  check.tree(tree)
  local copy = walk.copy(tree)
  local node, way = longest_way(copy)
  if not node or not (way > 0) then check.fail("tree", "two leaves and branches with lengths", "none") end
  local parents, left = walk.parents(copy), way / 2
  while parents[node] and (node.length or 0) <= left do
    left = left - (node.length or 0)
    node = parents[node]
  end
  if node == copy then return copy end
  if left == 0 then return root_on(copy, node) end
  return root_above(copy, node, left)
end

-- A root with two branches says where the tree began; this takes the statement back.
function root.unroot(tree)
  check.tree(tree)
  local copy = walk.copy(tree)
  local children = copy.children
  if not children or #children ~= 2 then return copy end
  local inner = (children[1].children and #children[1].children > 0) and 1 or 2
  local new, other = children[inner], children[3 - inner]
  if not new.children or #new.children == 0 then return copy end
  if new.length or other.length then other.length = (new.length or 0) + (other.length or 0) end
  new.length = nil
  table.insert(new.children, other)
  return new
end

return root
