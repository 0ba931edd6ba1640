-- Garbage: binary trees, most of them short-lived.
local function tree(depth)
  if depth == 0 then return {} end
  return { tree(depth - 1), tree(depth - 1) }
end

local function count(node)
  if not node[1] then return 1 end
  return 1 + count(node[1]) + count(node[2])
end

local kept = tree(14)
local sum = 0
for depth = 4, 14, 2 do
  for _ = 1, 1 << (14 - depth) do sum = sum + count(tree(depth)) end
end
return sum + count(kept)
