rockspec_format = "3.0"
package = "genome-tools"
version = "1.0.0-1"
source = {
   url = "git+https://github.com/bioxen/bioxen-lua.git",
   dir = "bioxen-lua/host/catalogue/genome-tools",
}
description = {
   summary = "Open reading frames, translation with every NCBI genetic code, codon use, restriction sites, intervals",
   detailed = [[Six-frame search on linear and circular sequences, genetic codes 1 to 33, codon adaptation, 84 common
restriction enzymes with digests, and set operations and an index over intervals of sequences.]],
   homepage = "https://github.com/bioxen/bioxen-lua",
   license = "MIT OR Apache-2.0",
   labels = { "bioinformatics", "genome", "translation", "restriction", "intervals" },
}
dependencies = { "lua >= 5.4, < 5.5", "bio-utils ~> 1.0" }
build = {
   type = "builtin",
   modules = {
      ["genome_tools"] = "src/genome_tools.lua",
      ["genome_tools.check"] = "src/genome_tools/check.lua",
      ["genome_tools.code"] = "src/genome_tools/code.lua",
      ["genome_tools.codons"] = "src/genome_tools/codons.lua",
      ["genome_tools.intervals"] = "src/genome_tools/intervals.lua",
      ["genome_tools.orf"] = "src/genome_tools/orf.lua",
      ["genome_tools.restriction"] = "src/genome_tools/restriction.lua",
   },
   copy_directories = { "doc" },
}
