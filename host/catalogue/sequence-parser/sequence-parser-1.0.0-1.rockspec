rockspec_format = "3.0"
package = "sequence-parser"
version = "1.0.0-1"
source = {
   url = "git+https://github.com/bioxen/bioxen-lua.git",
   dir = "bioxen-lua/host/catalogue/sequence-parser",
}
description = {
   summary = "FASTA, FASTQ and GenBank files of any size, record by record or piece by piece",
   detailed = [[Iterators over files, handles and strings that hold one record, or one piece of it; every ceiling can be set,
and every error names the line. Writes FASTA and FASTQ.]],
   homepage = "https://github.com/bioxen/bioxen-lua",
   license = "MIT OR Apache-2.0",
   labels = { "bioinformatics", "fasta", "fastq", "genbank", "parser" },
}
dependencies = { "lua >= 5.4, < 5.5" }
build = {
   type = "builtin",
   modules = {
      ["sequence_parser"] = "src/sequence_parser.lua",
      ["sequence_parser.check"] = "src/sequence_parser/check.lua",
      ["sequence_parser.fasta"] = "src/sequence_parser/fasta.lua",
      ["sequence_parser.fastq"] = "src/sequence_parser/fastq.lua",
      ["sequence_parser.genbank"] = "src/sequence_parser/genbank.lua",
      ["sequence_parser.location"] = "src/sequence_parser/location.lua",
      ["sequence_parser.source"] = "src/sequence_parser/source.lua",
      ["sequence_parser.writer"] = "src/sequence_parser/writer.lua",
   },
   copy_directories = { "doc" },
}
