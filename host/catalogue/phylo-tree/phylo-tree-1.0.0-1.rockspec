rockspec_format = "3.0"
package = "phylo-tree"
version = "1.0.0-1"
source = {
   url = "git+https://github.com/bioxen/bioxen-lua.git",
   dir = "bioxen-lua/host/catalogue/phylo-tree",
}
description = {
   summary = "Phylogenetic trees: Newick, distances, neighbour joining, UPGMA, rooting, comparison",
   detailed = [[Reads and writes Newick of any depth without recursion, walks trees, computes distances between sequences
and between leaves, joins neighbours, roots at an outgroup or the midpoint, and compares trees (Robinson-Foulds).]],
   homepage = "https://github.com/bioxen/bioxen-lua",
   license = "MIT OR Apache-2.0",
   labels = { "bioinformatics", "phylogenetics", "newick", "tree" },
}
dependencies = { "lua >= 5.4, < 5.5" }
build = {
   type = "builtin",
   modules = {
      ["phylo_tree"] = "src/phylo_tree.lua",
      ["phylo_tree.check"] = "src/phylo_tree/check.lua",
      ["phylo_tree.compare"] = "src/phylo_tree/compare.lua",
      ["phylo_tree.distance"] = "src/phylo_tree/distance.lua",
      ["phylo_tree.join"] = "src/phylo_tree/join.lua",
      ["phylo_tree.newick"] = "src/phylo_tree/newick.lua",
      ["phylo_tree.root"] = "src/phylo_tree/root.lua",
      ["phylo_tree.walk"] = "src/phylo_tree/walk.lua",
   },
   copy_directories = { "doc" },
}
