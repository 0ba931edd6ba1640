rockspec_format = "3.0"
package = "bio-utils"
version = "1.0.0-1"
source = {
   url = "git+https://github.com/bioxen/bioxen-lua.git",
   dir = "bioxen-lua/host/catalogue/bio-utils",
}
description = {
   summary = "Nucleotide and protein sequences: cleaning, composition, complements, melting temperatures, k-mers",
   detailed = [[IUPAC alphabets, GC content and skew, reverse complement and transcription, melting temperature by the
rule of Wallace, by GC formulas and by nearest neighbours with salt correction, k-mers, molecular weight, distances, motifs.]],
   homepage = "https://github.com/bioxen/bioxen-lua",
   license = "MIT OR Apache-2.0",
   labels = { "bioinformatics", "dna", "rna", "protein", "sequence" },
}
dependencies = { "lua >= 5.4, < 5.5" }
build = {
   type = "builtin",
   modules = {
      ["bio_utils"] = "src/bio_utils.lua",
      ["bio_utils.alphabet"] = "src/bio_utils/alphabet.lua",
      ["bio_utils.check"] = "src/bio_utils/check.lua",
      ["bio_utils.composition"] = "src/bio_utils/composition.lua",
      ["bio_utils.distance"] = "src/bio_utils/distance.lua",
      ["bio_utils.kmer"] = "src/bio_utils/kmer.lua",
      ["bio_utils.melting"] = "src/bio_utils/melting.lua",
      ["bio_utils.motif"] = "src/bio_utils/motif.lua",
      ["bio_utils.strand"] = "src/bio_utils/strand.lua",
      ["bio_utils.weight"] = "src/bio_utils/weight.lua",
   },
   copy_directories = { "doc" },
}
