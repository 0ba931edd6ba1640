local phylo = require "phylo_tree"

local function fails(expected, f, ...)
  local ok, message = pcall(f, ...)
  if ok or not tostring(message):find(expected, 1, true) then
    error(("expected an error with %q, got %s"):format(expected, tostring(message)), 2)
  end
end

local function close(got, expected)
  if not (math.abs(got - expected) <= 1e-9) then error(("expected %.12g, got %.12g"):format(expected, got), 2) end
end

local TEXT = "((a:2,b:3)ab:3,c:4,((e:1,d:2)de:0.5,f:7)def:2)r;"
local tree = phylo.parse(TEXT)

local function order(iterator)
  local names = {}
  for node, parent, depth in iterator do
    names[#names + 1] = node.name .. depth .. (parent and parent.name or "-")
  end
  return table.concat(names, " ")
end
assert(order(phylo.preorder(tree)) == "r0- ab1r a2ab b2ab c1r def1r de2def e3de d3de f2def")
assert(order(phylo.postorder(tree)) == "a2ab b2ab ab1r c1r e3de d3de de2def f2def def1r r0-")
assert(order(phylo.levelorder(tree)) == "r0- ab1r c1r def1r a2ab b2ab de2def f2def e3de d3de")
assert(table.concat(phylo.leaf_names(tree), " ") == "a b c e d f" and #phylo.leaves(tree) == 6)
local size = phylo.tree_size(tree)
assert(size.nodes == 10 and size.leaves == 6 and size.height == 3 and size.length == 24.5)
assert(phylo.find(tree, "de").children[1].name == "e" and phylo.find(tree, "x") == nil)
assert(phylo.common_ancestor(tree, { "a", "b" }).name == "ab" and phylo.common_ancestor(tree, { "e", "f" }).name == "def")
assert(phylo.common_ancestor(tree, { "a", "f", "b" }) == tree and phylo.common_ancestor(tree, { "c" }).name == "c")
fails("argument `wanted[2]`: expected the name of a node, got \"x\"", phylo.common_ancestor, tree, { "a", "x" })
fails("argument `wanted`: expected a list of nodes or names", phylo.common_ancestor, tree, {})
assert(phylo.distance(tree, "a", "b") == 5 and phylo.distance(tree, "a", "d") == 9.5 and phylo.distance(tree, "c", "c") == 0)
assert(phylo.distance(tree, tree, "f") == 9 and phylo.distance(tree, "de", "e") == 1)
fails("argument `a`: expected the name of a node", phylo.distance, tree, "x", "a")
fails("argument `b`: expected a node of the tree", phylo.distance, tree, "a", { name = "stranger" })
fails("a name for every leaf", phylo.leaf_names, phylo.parse "(a,);")
local twice = { name = "twice" }
fails("argument `tree`: expected every node once, got \"a node with two parents\"", phylo.parents, { children = { twice, twice } })
local names, matrix = phylo.patristic_distances(tree)
for i, from in ipairs(names) do
  for j, to in ipairs(names) do close(matrix[i][j], phylo.distance(tree, from, to)) end
end

-- Rooting keeps all distances, whatever the root; the tree that was given stays as it was.
local function keeps_distances(other)
  local order_of = {}
  local others, distances = phylo.patristic_distances(other)
  for i, name in ipairs(others) do order_of[name] = i end
  assert(#others == #names)
  for i, from in ipairs(names) do
    for j, to in ipairs(names) do close(distances[order_of[from]][order_of[to]], matrix[i][j]) end
  end
  assert(phylo.robinson_foulds(tree, other).distance == 0)
  assert(phylo.format(tree) == TEXT)
  return other
end
-- As Bio.Phylo of Biopython 1.88: (((b:3,a:2):3,c:4):1.5,(f:7,(d:2,e:1):0.5):0.5)
local middle = keeps_distances(phylo.midpoint_root(tree))
assert(#middle.children == 2)
close(phylo.distance(middle, middle, "b"), 8.5 - 1)
close(phylo.distance(middle, middle, "f"), 7.5)
close(phylo.distance(middle, middle, "c"), 5.5)
for _, group in ipairs { { "a" }, { "a", "b" }, { "f" }, { "e", "d" }, { "d", "e", "f" }, { "a", "b", "c" }, { "c" }, { "a", "b", "c", "f" } } do
  local rooted = keeps_distances(phylo.root_at(tree, group))
  assert(#rooted.children == 2)
  local sides = { table.concat(phylo.leaf_names(rooted.children[1])), table.concat(phylo.leaf_names(rooted.children[2])) }
  assert(#sides[1] == #group or #sides[2] == #group)
  keeps_distances(phylo.unroot(rooted))
  keeps_distances(phylo.root_at(rooted, "b")) -- from a root with two branches, which goes
  keeps_distances(phylo.midpoint_root(rooted))
end
fails("leaves that one branch parts from all others, got \"a, c\"", phylo.root_at, phylo.parse "((a,b),(c,d));", { "a", "c" })
fails("argument `outgroup[1]`: expected the name of a leaf, got \"ab\"", phylo.root_at, tree, "ab")
fails("argument `outgroup`: expected less than all leaves", phylo.root_at, tree, { "a", "b", "c", "d", "e", "f" })
assert(phylo.format(phylo.root_at(phylo.parse "(a,b,(c,d));", "a")) == "(a,(b,(c,d)));", "without lengths")
local even = phylo.parse "((a:1,b:1):1,(c:1,d:1):1);"
assert(phylo.format(phylo.midpoint_root(even)) == phylo.format(even), "already there")
assert(phylo.format(phylo.midpoint_root(phylo.parse "((a:2,b:2)x:1,c:1);")) == "(a:2,b:2,c:2)x;", "on a node")
fails("two leaves and branches with lengths", phylo.midpoint_root, phylo.parse "(a,b);")
assert(phylo.format(phylo.unroot(phylo.parse "((a:1,b:2):3,(c:1,d:1):4);")) == "(a:1,b:2,(c:1,d:1):7);")
assert(phylo.format(phylo.unroot(phylo.parse "(a:1,b:2);")) == "(a:1,b:2);")

-- Comparison.
local function differ(a, b, options) return phylo.robinson_foulds(phylo.parse(a), phylo.parse(b), options) end
local result = differ("((a,b),(c,d),e);", "((a,c),(b,d),e);")
assert(result.distance == 4 and result.shared == 0 and result.normalized == 1)
result = differ("((a,b),(c,d),e);", "((a,b),c,(d,e));")
assert(result.distance == 2 and result.shared == 1 and result.only_a == 1 and result.only_b == 1 and result.normalized == 0.5)
assert(differ("((a,b),(c,d),e);", "(a,b,c,d,e);").distance == 2)
assert(differ("(((a,b),c),d);", "((a,b),(c,d));").distance == 0, "one unrooted tree")
assert(differ("(((a,b),c),d);", "((a,b),(c,d));", { rooted = true }).distance == 2, "but two rooted ones")
assert(differ("((a,b),(c));", "((((a,b))),c);", { rooted = true }).distance == 0, "nodes with one child say nothing")
assert(differ("(a,b,c);", "(c,(a,b));").distance == 0 and differ("(a,b);", "(b,a);").normalized == 0)
fails("argument `b`: expected the leaves of `a`, got \"a tree without c\"", differ, "(a,b,c);", "(a,b,d);")
fails("argument `b`: expected the leaves of `a`, got \"c\"", differ, "(a,b);", "(a,b,c);")
fails("argument `a`: expected every name once, got \"a\"", differ, "(a,a);", "(a,b);")
