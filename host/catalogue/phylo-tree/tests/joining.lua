-- Trees from distances. Neighbour joining: Bio.Phylo.TreeConstruction of Biopython 1.88. UPGMA: average linkage of SciPy
-- 1.17 (Biopython takes the mean of two groups without their sizes, which is WPGMA).
local phylo = require "phylo_tree"

local function fails(expected, f, ...)
  local ok, message = pcall(f, ...)
  if ok or not tostring(message):find(expected, 1, true) then
    error(("expected an error with %q, got %s"):format(expected, tostring(message)), 2)
  end
end

local function close(got, expected)
  if not (math.abs(got - expected) <= 1e-9) then error(("expected %.15g, got %.15g"):format(expected, got), 2) end
end

local NAMES = { "A", "B", "C", "D", "E", "F", "G", "H" }
local MATRIX = {
  { 0, 5.0, 8.9, 6.7, 2.1, 4.9, 8.0, 6.9 },
  { 5.0, 0, 3.6, 8.0, 8.0, 4.4, 7.0, 2.1 },
  { 8.9, 3.6, 0, 2.8, 5.3, 8.0, 3.9, 2.8 },
  { 6.7, 8.0, 2.8, 0, 9.0, 8.9, 4.9, 4.0 },
  { 2.1, 8.0, 5.3, 9.0, 0, 9.0, 3.9, 2.5 },
  { 4.9, 4.4, 8.0, 8.9, 9.0, 0, 8.6, 5.8 },
  { 8.0, 7.0, 3.9, 4.9, 3.9, 8.6, 0, 2.3 },
  { 6.9, 2.1, 2.8, 4.0, 2.5, 5.8, 2.3, 0 },
}
-- Distances in the trees: B to A, C to A, C to B, D to A, ...
local NEIGHBOR_JOINING = {
  5.845, 6.86875, 5.78875, 8.26875, 7.18875, 2.8, 2.1, 5.395, 6.41875, 7.81875, 8.055, 4.4, 7.99875, 9.39875, 7.605,
  6.80625, 5.72625, 3.7, 5.1, 6.35625, 7.93625, 4.425, 3.345, 2.53125, 3.93125, 3.975, 5.555, 2.46875,
}
local UPGMA = {
  6.42, 6.42, 4.616666666667, 6.42, 4.616666666667, 2.8, 2.1, 6.42, 6.42, 6.42, 7.085714285714, 7.085714285714,
  7.085714285714, 7.085714285714, 7.085714285714, 6.42, 4.616666666667, 4.4, 4.4, 6.42, 7.085714285714, 6.42, 2.1,
  4.616666666667, 4.616666666667, 6.42, 7.085714285714, 4.616666666667,
}

local function check(tree, expected, newick)
  local at = 0
  for i = 2, #NAMES do
    for j = 1, i - 1 do
      at = at + 1
      close(phylo.distance(tree, NAMES[i], NAMES[j]), expected[at])
    end
  end
  assert(at == #expected and phylo.robinson_foulds(tree, phylo.parse(newick)).distance == 0)
end

check(phylo.neighbor_joining(NAMES, MATRIX), NEIGHBOR_JOINING, "(H,(G,(D,C)),((E,A),(F,B)));")
check(phylo.upgma(NAMES, MATRIX), UPGMA, "(F,(((G,(D,C)),(H,B)),(E,A)));")
assert(MATRIX[1][2] == 5 and #MATRIX == 8, "the caller's matrix stays as it was")

-- Distances that come from a tree give that tree back.
local original = phylo.parse "((a:2,b:3):3,c:4,((e:1,d:2):0.5,f:7):2);"
local names, distances = phylo.patristic_distances(original)
local again = phylo.neighbor_joining(names, distances)
assert(phylo.robinson_foulds(original, again).distance == 0)
for _, a in ipairs(names) do
  for _, b in ipairs(names) do close(phylo.distance(again, a, b), phylo.distance(original, a, b)) end
end
local clock = phylo.upgma({ "a", "b", "c" }, { { 0, 2, 6 }, { 2, 0, 6 }, { 6, 6, 0 } })
assert(phylo.distance(clock, clock, "a") == 3 and phylo.distance(clock, clock, "c") == 3)
local two = phylo.neighbor_joining({ "a", "b" }, { { 0, 3 }, { 3, 0 } })
assert(phylo.distance(two, "a", "b") == 3 and #two.children == 2)

fails("argument `matrix[2][1]`: expected the same distance as the other way, got 2", phylo.upgma, { "a", "b" }, { { 0, 1 }, { 2, 0 } })
fails("argument `matrix[1][2]`: expected a finite distance from 0 up, got inf", phylo.upgma, { "a", "b" }, { { 0, 1 / 0 }, { 1 / 0, 0 } })
fails("argument `matrix[1][1]`: expected 0, got 1", phylo.neighbor_joining, { "a", "b" }, { { 1, 1 }, { 1, 0 } })
fails("argument `matrix`: expected 2 rows, got 1", phylo.neighbor_joining, { "a", "b" }, { { 0, 1 } })
fails("argument `names`: expected 2 to 5000 names, got 1", phylo.upgma, { "a" }, { { 0 } })
fails("argument `names[2]`: expected every name once, got \"a\"", phylo.upgma, { "a", "a" }, { { 0, 1 }, { 1, 0 } })

-- Distances between sequences, by the published formulas (19 positions, 2 transitions, 2 transversions).
local A, B = "ACGTACGTACACGTNN-CGGTA", "ACATACGTTCGCGTACGCGGTT"
local p, compared = phylo.p_distance(A, B)
close(p, 4 / 19)
assert(compared == 19)
close((phylo.jukes_cantor(A, B)), 0.24710940084768174)
close((phylo.kimura(A, B)), 0.24884200536850945)
close((phylo.kimura(A:lower(), B:gsub("T", "U"))), 0.24884200536850945)
assert(phylo.p_distance("ACGT", "ACGT") == 0 and phylo.kimura("ACGT", "ACGT") == 0 and phylo.jukes_cantor("A", "A") == 0)
assert(phylo.jukes_cantor("AAAA", "CCCC") == math.huge and phylo.kimura("ACAC", "CACA") == math.huge, "too much to say how much")
assert(phylo.p_distance("NN", "AC") == nil and phylo.p_distance("", "") == nil)
fails("aligned sequences of one length, got 2 and 3", phylo.kimura, "AC", "ACG")
fails("argument `b`: expected a string, got nil", phylo.p_distance, "AC")
local between = phylo.distance_matrix({ A, B, A }, "kimura")
close(between[1][2], 0.24884200536850945)
assert(between[1][3] == 0 and between[2][1] == between[1][2] and between[2][2] == 0)
fails("1 and 2 have no position in common", phylo.distance_matrix, { "NN", "AC" })
fails("argument `sequences[2]`: expected 2 letters, got 3", phylo.distance_matrix, { "AC", "ACG" })
fails("argument `model`: expected one of `p`, `jukes_cantor`, `kimura`, got \"k2p\"", phylo.distance_matrix, { A, B }, "k2p")
