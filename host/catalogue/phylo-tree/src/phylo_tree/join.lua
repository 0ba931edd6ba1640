-- Trees from distances.
local check = require "phylo_tree.check"

local join = {}

local MOST = 5000 -- leaves: time grows with the third power, memory with the second
local SAME = 1e-9 -- by which two sides of a matrix may differ

-- A copy of the matrix, as lists of floats that the functions here may change.
local function check_matrix(names, matrix, least)
  if type(names) ~= "table" then check.fail("names", "a list of names", names, 4) end
  if type(matrix) ~= "table" then check.fail("matrix", "a list of lists of distances", matrix, 4) end
  local n = #names
  if n < least or n > MOST then check.fail("names", ("%d to %d names"):format(least, MOST), n, 4) end
  if #matrix ~= n then check.fail("matrix", n .. " rows", #matrix, 4) end
  local copy, seen = {}, {}
  for i = 1, n do
    check.string(names[i], ("names[%d]"):format(i), 4)
    if seen[names[i]] then check.fail(("names[%d]"):format(i), "every name once", names[i], 4) end
    seen[names[i]], copy[i] = true, {}
    for j = 1, n do
      local value = type(matrix[i]) == "table" and matrix[i][j]
      if math.type(value) == nil or not (value >= 0 and value < math.huge) then
        check.fail(("matrix[%d][%d]"):format(i, j), "a finite distance from 0 up", value, 4)
      end
      local other = j < i and copy[j][i] or value
      if math.abs(value - other) > SAME * math.max(1, value) or (i == j and value ~= 0) then
        check.fail(("matrix[%d][%d]"):format(i, j), i == j and "0" or "the same distance as the other way", value, 4)
      end
      copy[i][j] = other + 0.0
    end
  end
  return copy, n
end

local function leaf(name) return { name = name } end

local function child(node, length)
  node.length = length
  return node
end

-- Takes row and column j out of the matrix by putting the last one in their place.
local function drop(distances, nodes, j, n)
  if j ~= n then
    for i = 1, n do distances[j][i], distances[i][j] = distances[n][i], distances[i][n] end
    distances[j][j], nodes[j] = 0.0, nodes[n]
  end
  distances[n], nodes[n] = nil, nil
end

local function sums_of(distances, n)
  local sums = {}
  for i = 1, n do
    local sum, row = 0.0, distances[i]
    for j = 1, n do sum = sum + row[j] end
    sums[i] = sum
  end
  return sums
end

-- The pair with the least distance after what both have to all others is taken off.
local function closest_neighbours(distances, sums, n)
  local best, a, b = math.huge, 1, 2
  for i = 2, n do
    local row, sum = distances[i], sums[i]
    for j = 1, i - 1 do
      local value = (n - 2) * row[j] - sum - sums[j]
      if value < best then best, a, b = value, j, i end
    end
  end
  return a, b
end

-- Saitou and Nei (1987), as Studier and Keppler (1988) compute it. The last three meet in the root, which is no
-- statement about where the tree began. Branches can come out negative: they are left as they are.
function join.neighbor_joining(names, matrix)
  local distances, n = check_matrix(names, matrix, 2)
  local nodes = {}
  for i = 1, n do nodes[i] = leaf(names[i]) end
  while n > 3 do
    local sums = sums_of(distances, n)
    local a, b = closest_neighbours(distances, sums, n)
    local apart = distances[a][b]
    local to_a = apart / 2 + (sums[a] - sums[b]) / (2 * (n - 2))
    local joined = { children = { child(nodes[a], to_a), child(nodes[b], apart - to_a) } }
    for k = 1, n do
      if k ~= a and k ~= b then
        local value = (distances[a][k] + distances[b][k] - apart) / 2
        distances[a][k], distances[k][a] = value, value
      end
    end
    nodes[a] = joined
    drop(distances, nodes, b, n)
    n = n - 1
  end
  if n == 2 then
    local half = distances[1][2] / 2
    return { children = { child(nodes[1], half), child(nodes[2], half) } }
  end
  local ab, ac, bc = distances[1][2], distances[1][3], distances[2][3]
  return { children = {
    child(nodes[1], (ab + ac - bc) / 2), child(nodes[2], (ab + bc - ac) / 2), child(nodes[3], (ac + bc - ab) / 2),
  } }
end

local function closest(distances, n)
  local best, a, b = math.huge, 1, 2
  for i = 2, n do
    local row = distances[i]
    for j = 1, i - 1 do
      if row[j] < best then best, a, b = row[j], j, i end
    end
  end
  return a, b, best
end

-- Sokal and Michener (1958): all leaves are at one distance from the root.
function join.upgma(names, matrix)
  local distances, n = check_matrix(names, matrix, 2)
  local nodes, sizes, heights = {}, {}, {}
  for i = 1, n do nodes[i], sizes[i], heights[i] = leaf(names[i]), 1, 0.0 end
  while n > 1 do
    local a, b, apart = closest(distances, n)
    local height = apart / 2
    local joined = { children = { child(nodes[a], height - heights[a]), child(nodes[b], height - heights[b]) } }
    for k = 1, n do
      if k ~= a and k ~= b then
        local value = (distances[a][k] * sizes[a] + distances[b][k] * sizes[b]) / (sizes[a] + sizes[b])
        distances[a][k], distances[k][a] = value, value
      end
    end
    nodes[a], sizes[a], heights[a] = joined, sizes[a] + sizes[b], height
    sizes[b], heights[b] = sizes[n], heights[n]
    drop(distances, nodes, b, n)
    n = n - 1
  end
  return nodes[1]
end

return join
