-- Walking trees. A node is { name, length, comment, children }, each of them only where there is one; `length` is that of
-- the branch to its parent. Nothing here calls itself: a tree may be as deep as memory allows.
local check = require "phylo_tree.check"

local walk = {}

local NONE = {} -- the children of a leaf

local function children_of(node) return node.children or NONE end

-- Parents before their children. Gives the node, its parent and its depth.
function walk.preorder(tree)
  check.tree(tree)
  local nodes, parents, depths, top = { tree }, { false }, { 0 }, 1
  return function()
    if top == 0 then return nil end
    local node, parent, depth = nodes[top], parents[top], depths[top]
    nodes[top], top = nil, top - 1
    local children = children_of(node)
    for i = #children, 1, -1 do
      top = top + 1
      nodes[top], parents[top], depths[top] = children[i], node, depth + 1
    end
    return node, parent or nil, depth
  end
end

-- Children before their parents.
function walk.postorder(tree)
  check.tree(tree)
  local nodes, at, top = { tree }, { 0 }, 1
  return function()
    while top > 0 do
      local node = nodes[top]
      local child = children_of(node)[at[top] + 1]
      if not child then
        nodes[top], top = nil, top - 1
        return node, nodes[top], top
      end
      at[top] = at[top] + 1
      top = top + 1
      nodes[top], at[top] = child, 0
    end
  end
end

-- Level by level.
function walk.levelorder(tree)
  check.tree(tree)
  local queue, parents, depths, first, last = { tree }, { false }, { 0 }, 1, 1
  return function()
    if first > last then return nil end
    local node, parent, depth = queue[first], parents[first], depths[first]
    queue[first], parents[first], depths[first] = nil, nil, nil
    first = first + 1
    for _, child in ipairs(children_of(node)) do
      last = last + 1
      queue[last], parents[last], depths[last] = child, node, depth + 1
    end
    return node, parent or nil, depth
  end
end

-- A list of the nodes without children, from left to right.
function walk.leaves(tree)
  check.tree(tree)
  local list = {}
  for node in walk.preorder(tree) do
    if #children_of(node) == 0 then list[#list + 1] = node end
  end
  return list
end

function walk.leaf_names(tree)
  check.tree(tree)
  local names = {}
  for i, leaf in ipairs(walk.leaves(tree)) do names[i] = leaf.name or false end
  for i, name in ipairs(names) do
    if not name then check.fail("tree", "a name for every leaf", "leaf " .. i .. " without one") end
  end
  return names
end

-- How many nodes, how many leaves, how many levels below the root, and the sum of all branches.
function walk.tree_size(tree)
  check.tree(tree)
  local nodes, leaves, height, length = 0, 0, 0, 0.0
  for node, parent, depth in walk.preorder(tree) do
    nodes, height = nodes + 1, math.max(height, depth)
    if #children_of(node) == 0 then leaves = leaves + 1 end
    if parent then length = length + (node.length or 0) end
  end
  return { nodes = nodes, leaves = leaves, height = height, length = length }
end

-- The first node of that name, in preorder.
function walk.find(tree, name)
  check.tree(tree)
  check.string(name, "name")
  for node in walk.preorder(tree) do
    if node.name == name then return node end
  end
end

-- A table of the parents of all nodes.
function walk.parents(tree)
  check.tree(tree)
  local result = {}
  for node, parent in walk.preorder(tree) do
    if result[node] then check.fail("tree", "every node once", "a node with two parents") end
    result[node] = parent
  end
  return result
end

-- A tree of its own with the same nodes.
function walk.copy(tree)
  check.tree(tree)
  local copies = {}
  for node in walk.postorder(tree) do
    local copy = {}
    for field, value in pairs(node) do copy[field] = value end
    if node.children then
      copy.children = {}
      for i, child in ipairs(node.children) do copy.children[i] = copies[child] end
    end
    copies[node] = copy
  end
  return copies[tree]
end

-- Nodes from `node` up to the root.
local function path_up(parents, node)
  local path = {}
  while node do
    path[#path + 1] = node
    node = parents[node]
  end
  return path
end

local function find_node(tree, wanted, name)
  if type(wanted) == "table" then return wanted end
  check.string(wanted, name, 4)
  return walk.find(tree, wanted) or check.fail(name, "the name of a node", wanted, 4)
end

-- The deepest node that is above all of these, which are nodes or names.
function walk.common_ancestor(tree, wanted)
  check.tree(tree)
  if type(wanted) ~= "table" or #wanted == 0 then check.fail("wanted", "a list of nodes or names", wanted) end
  local parents, counts = walk.parents(tree), {}
  for i, item in ipairs(wanted) do
    local path = path_up(parents, find_node(tree, item, ("wanted[%d]"):format(i)))
    if path[#path] ~= tree then check.fail(("wanted[%d]"):format(i), "a node of the tree", item) end
    for _, node in ipairs(path) do counts[node] = (counts[node] or 0) + 1 end
  end
  local node = find_node(tree, wanted[1], "wanted[1]")
  while counts[node] < #wanted do node = parents[node] end
  return node
end

-- The length of the way between two nodes; branches without a length count nothing.
function walk.distance(tree, a, b)
  check.tree(tree)
  local parents, above, total = walk.parents(tree), {}, 0.0
  local from, to = find_node(tree, a, "a"), find_node(tree, b, "b")
  for _, node in ipairs(path_up(parents, from)) do
    above[node] = total
    total = total + (node.length or 0)
  end
  if above[tree] == nil then check.fail("a", "a node of the tree", a) end
  total = 0.0
  for _, node in ipairs(path_up(parents, to)) do
    if above[node] then return total + above[node] end
    total = total + (node.length or 0)
  end
  check.fail("b", "a node of the tree", b)
end

-- Distances between all leaves: their names, and a matrix in the same order. Each node gives the distances between
-- the leaves of its different children.
function walk.patristic_distances(tree)
  check.tree(tree)
  local names = walk.leaf_names(tree)
  local matrix, below, number = {}, {}, 0
  for i = 1, #names do matrix[i] = { [i] = 0.0 } end
  for node in walk.postorder(tree) do
    local children = children_of(node)
    if #children == 0 then
      number = number + 1
      below[node] = { leaf = { number }, depth = { 0.0 } }
    else
      local all = { leaf = {}, depth = {} }
      for _, child in ipairs(children) do
        local part, length = below[child], child.length or 0
        below[child] = nil
        local before = #all.leaf
        for i, leaf in ipairs(part.leaf) do
          local depth = part.depth[i] + length
          for j = 1, before do
            local other = all.leaf[j]
            matrix[leaf][other] = depth + all.depth[j]
            matrix[other][leaf] = matrix[leaf][other]
          end
          all.leaf[#all.leaf + 1], all.depth[#all.depth + 1] = leaf, depth
        end
      end
      below[node] = all
    end
  end
  return names, matrix
end

return walk
