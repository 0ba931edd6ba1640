-- Everything of the package under one name; doc/phylo_tree.md says what each function does.
local phylo_tree = {}

for _, part in ipairs { "compare", "distance", "join", "newick", "root", "walk" } do
  for name, value in pairs(require("phylo_tree." .. part)) do phylo_tree[name] = value end
end

return phylo_tree
