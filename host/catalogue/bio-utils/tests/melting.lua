-- Expected values: Biopython 1.88, Bio.SeqUtils.MeltingTemp: Tm_NN (DNA_NN1 to DNA_NN4, RNA_NN2; saltcorr 0 to 7; selfcomp
-- where a sequence is its own reverse complement), Tm_GC (valueset 1 to 8), Tm_Wallace.
local bio = require "bio_utils"

local SEQUENCES = {
  "CGTTCCAAAGATGTGGGCATGAGCTTAC",
  "ATATATATAT",
  "GGGCCC",
  "GAATTCGAATTC",
  "AAAAAAAAAAAAAAAAAAAA",
  "GCTAAAGA",
  "CAATTACATAACATACACGT",
  "CAGCACGAAACTTGTTGGCCCAGTGTGAATCGC",
  "TTAAGGGTTAAGTAAGTGTGATGCATACGCCTTTACTTGCTGTGTCCACCCCATCGGACT",
}

local EXPECTED = {
  { 1, { parameters = "breslauer1986" }, 72.19499984118579 },
  { 1, { parameters = "sugimoto1996" }, 65.46933554780924 },
  { 1, { parameters = "santalucia1998" }, 60.32091949919129 },
  { 1, { parameters = "santalucia2004" }, 60.27151268472841 },
  { 1, { parameters = "xia1998" }, 76.41778112061309 },
  { 2, { parameters = "breslauer1986" }, -8.540273220394056 },
  { 2, { parameters = "sugimoto1996" }, -10.3303207195911 },
  { 2, { parameters = "santalucia1998" }, -5.7169742267435595 },
  { 2, { parameters = "santalucia2004" }, -5.835726162100457 },
  { 2, { parameters = "xia1998" }, 1.9807324624677562 },
  { 3, { parameters = "breslauer1986" }, 14.58842093297892 },
  { 3, { parameters = "sugimoto1996" }, 7.405112667828405 },
  { 3, { parameters = "santalucia1998" }, 1.8124779145609864 },
  { 3, { parameters = "santalucia2004" }, 1.6308567000375547 },
  { 3, { parameters = "xia1998" }, 34.25653391000333 },
  { 4, { parameters = "breslauer1986" }, 29.31936068926177 },
  { 4, { parameters = "sugimoto1996" }, 27.210754186428062 },
  { 4, { parameters = "santalucia1998" }, 24.67181352679131 },
  { 4, { parameters = "santalucia2004" }, 24.139315483584426 },
  { 4, { parameters = "xia1998" }, 32.97553486145233 },
  { 5, { parameters = "breslauer1986" }, 51.115729233765876 },
  { 5, { parameters = "sugimoto1996" }, 40.824564186516625 },
  { 5, { parameters = "santalucia1998" }, 35.96102091833649 },
  { 5, { parameters = "santalucia2004" }, 34.97995839618318 },
  { 5, { parameters = "xia1998" }, 24.21229897436973 },
  { 6, { parameters = "breslauer1986" }, -0.6973885325082279 },
  { 6, { parameters = "sugimoto1996" }, 2.4149536455749967 },
  { 6, { parameters = "santalucia1998" }, 2.150870311920073 },
  { 6, { parameters = "santalucia2004" }, 1.474614778539717 },
  { 6, { parameters = "xia1998" }, 13.886998848231144 },
  { 7, { parameters = "breslauer1986" }, 46.28461393745482 },
  { 7, { parameters = "sugimoto1996" }, 47.286492700099984 },
  { 7, { parameters = "santalucia1998" }, 43.28669813883249 },
  { 7, { parameters = "santalucia2004" }, 43.124003201730204 },
  { 7, { parameters = "xia1998" }, 55.58881921278237 },
  { 8, { parameters = "breslauer1986" }, 80.88157772225708 },
  { 8, { parameters = "sugimoto1996" }, 71.72951592610633 },
  { 8, { parameters = "santalucia1998" }, 66.698882937946 },
  { 8, { parameters = "santalucia2004" }, 66.69299167561093 },
  { 8, { parameters = "xia1998" }, 81.78837101755528 },
  { 9, { parameters = "breslauer1986" }, 85.83368688550598 },
  { 9, { parameters = "sugimoto1996" }, 77.28699018171903 },
  { 9, { parameters = "santalucia1998" }, 71.43635477771852 },
  { 9, { parameters = "santalucia2004" }, 71.47004485567669 },
  { 9, { parameters = "xia1998" }, 88.41070916565127 },
  { 1, { salt = "none", sodium = 80, tris = 10, magnesium = 1.5, dntps = 0.6 }, 75.86281007878182 },
  { 1, { salt = "schildkraut1965", sodium = 80, tris = 10, magnesium = 1.5, dntps = 0.6 }, 64.21804476252356 },
  { 1, { salt = "wetmur1991", sodium = 80, tris = 10, magnesium = 1.5, dntps = 0.6 }, 63.278552255939914 },
  { 1, { salt = "santalucia1996", sodium = 80, tris = 10, magnesium = 1.5, dntps = 0.6 }, 67.09416149726204 },
  { 1, { salt = "santalucia1998", sodium = 80, tris = 10, magnesium = 1.5, dntps = 0.6 }, 67.65535500647931 },
  { 1, { salt = "santalucia1998_entropy", sodium = 80, tris = 10, magnesium = 1.5, dntps = 0.6 }, 67.30733908191792 },
  { 1, { salt = "owczarzy2004", sodium = 80, tris = 10, magnesium = 1.5, dntps = 0.6 }, 69.4443131751703 },
  { 1, { salt = "owczarzy2008", sodium = 80, tris = 10, magnesium = 1.5, dntps = 0.6 }, 66.61787453501535 },
  { 6, { salt = "none", sodium = 80, tris = 10, magnesium = 1.5, dntps = 0.6 }, 13.382184203650752 },
  { 6, { salt = "schildkraut1965", sodium = 80, tris = 10, magnesium = 1.5, dntps = 0.6 }, 1.7374188873924883 },
  { 6, { salt = "wetmur1991", sodium = 80, tris = 10, magnesium = 1.5, dntps = 0.6 }, 0.7979263808088497 },
  { 6, { salt = "santalucia1996", sodium = 80, tris = 10, magnesium = 1.5, dntps = 0.6 }, 4.613535622130975 },
  { 6, { salt = "santalucia1998", sodium = 80, tris = 10, magnesium = 1.5, dntps = 0.6 }, 5.174729131348242 },
  { 6, { salt = "santalucia1998_entropy", sodium = 80, tris = 10, magnesium = 1.5, dntps = 0.6 }, 7.215066697358168 },
  { 6, { salt = "owczarzy2004", sodium = 80, tris = 10, magnesium = 1.5, dntps = 0.6 }, 8.353713372871027 },
  { 6, { salt = "owczarzy2008", sodium = 80, tris = 10, magnesium = 1.5, dntps = 0.6 }, 6.178847620399267 },
  { 7, { salt = "none", sodium = 80, tris = 10, magnesium = 1.5, dntps = 0.6 }, 57.80429803914751 },
  { 7, { salt = "schildkraut1965", sodium = 80, tris = 10, magnesium = 1.5, dntps = 0.6 }, 46.159532722889246 },
  { 7, { salt = "wetmur1991", sodium = 80, tris = 10, magnesium = 1.5, dntps = 0.6 }, 45.220040216305605 },
  { 7, { salt = "santalucia1996", sodium = 80, tris = 10, magnesium = 1.5, dntps = 0.6 }, 49.035649457627734 },
  { 7, { salt = "santalucia1998", sodium = 80, tris = 10, magnesium = 1.5, dntps = 0.6 }, 49.596842966845 },
  { 7, { salt = "santalucia1998_entropy", sodium = 80, tris = 10, magnesium = 1.5, dntps = 0.6 }, 49.815176660521956 },
  { 7, { salt = "owczarzy2004", sodium = 80, tris = 10, magnesium = 1.5, dntps = 0.6 }, 50.568469011082016 },
  { 7, { salt = "owczarzy2008", sodium = 80, tris = 10, magnesium = 1.5, dntps = 0.6 }, 48.157276674605214 },
  { 8, { salt = "none", sodium = 80, tris = 10, magnesium = 1.5, dntps = 0.6 }, 82.45414624911007 },
  { 8, { salt = "schildkraut1965", sodium = 80, tris = 10, magnesium = 1.5, dntps = 0.6 }, 70.80938093285181 },
  { 8, { salt = "wetmur1991", sodium = 80, tris = 10, magnesium = 1.5, dntps = 0.6 }, 69.86988842626816 },
  { 8, { salt = "santalucia1996", sodium = 80, tris = 10, magnesium = 1.5, dntps = 0.6 }, 73.68549766759028 },
  { 8, { salt = "santalucia1998", sodium = 80, tris = 10, magnesium = 1.5, dntps = 0.6 }, 74.24669117680756 },
  { 8, { salt = "santalucia1998_entropy", sodium = 80, tris = 10, magnesium = 1.5, dntps = 0.6 }, 73.78213776551252 },
  { 8, { salt = "owczarzy2004", sodium = 80, tris = 10, magnesium = 1.5, dntps = 0.6 }, 76.17717557694556 },
  { 8, { salt = "owczarzy2008", sodium = 80, tris = 10, magnesium = 1.5, dntps = 0.6 }, 73.22041883746601 },
  { 9, { salt = "none", sodium = 80, tris = 10, magnesium = 1.5, dntps = 0.6 }, 88.3626117346816 },
  { 9, { salt = "schildkraut1965", sodium = 80, tris = 10, magnesium = 1.5, dntps = 0.6 }, 76.71784641842333 },
  { 9, { salt = "wetmur1991", sodium = 80, tris = 10, magnesium = 1.5, dntps = 0.6 }, 75.77835391183969 },
  { 9, { salt = "santalucia1996", sodium = 80, tris = 10, magnesium = 1.5, dntps = 0.6 }, 79.59396315316181 },
  { 9, { salt = "santalucia1998", sodium = 80, tris = 10, magnesium = 1.5, dntps = 0.6 }, 80.15515666237908 },
  { 9, { salt = "santalucia1998_entropy", sodium = 80, tris = 10, magnesium = 1.5, dntps = 0.6 }, 79.03502947442979 },
  { 9, { salt = "owczarzy2004", sodium = 80, tris = 10, magnesium = 1.5, dntps = 0.6 }, 81.19041168748868 },
  { 9, { salt = "owczarzy2008", sodium = 80, tris = 10, magnesium = 1.5, dntps = 0.6 }, 78.30884259527943 },
  { 1, { salt = "owczarzy2008", sodium = 0, magnesium = 2, dntps = 0.1 }, 67.11532912875191 },
  { 1, { salt = "owczarzy2008", sodium = 500, magnesium = 0.5 }, 73.80093676753336 },
  { 1, { salt = "owczarzy2008", sodium = 1, potassium = 1, magnesium = 5 }, 68.24753416673963 },
  { 1, { strand = 250, other_strand = 0 }, 63.31726285961207 },
  { 1, { method = "gc", formula = "marmur1962", sodium = 120, potassium = 5 }, 66.58571428571429 },
  { 1, { method = "gc", formula = "quikchange", sodium = 120, potassium = 5 }, 77.89285714285714 },
  { 1, { method = "gc", formula = "schildkraut1965", sodium = 120, potassium = 5 }, 62.901563358790874 },
  { 1, { method = "gc", formula = "wetmur1991", sodium = 120, potassium = 5 }, 68.54683754938807 },
  { 1, { method = "gc", formula = "wetmur1991_rna", sodium = 120, potassium = 5 }, 79.54683754938807 },
  { 1, { method = "gc", formula = "wetmur1991_hybrid", sodium = 120, potassium = 5 }, 73.54683754938807 },
  { 1, { method = "gc", formula = "primer3", sodium = 120, potassium = 5 }, 65.58013478736231 },
  { 1, { method = "gc", formula = "vonahsen2001", sodium = 120, potassium = 5 }, 68.1767042950514 },
  { 1, { method = "wallace" }, 84.0 },
  { 8, { method = "gc", formula = "marmur1962", sodium = 120, potassium = 5 }, 71.96666666666667 },
  { 8, { method = "gc", formula = "quikchange", sodium = 120, potassium = 5 }, 83.4090909090909 },
  { 8, { method = "gc", formula = "schildkraut1965", sodium = 120, potassium = 5 }, 68.41779712502465 },
  { 8, { method = "gc", formula = "wetmur1991", sodium = 120, potassium = 5 }, 73.11610161865214 },
  { 8, { method = "gc", formula = "wetmur1991_rna", sodium = 120, potassium = 5 }, 85.43428343683395 },
  { 8, { method = "gc", formula = "wetmur1991_hybrid", sodium = 120, potassium = 5 }, 79.8888288913794 },
  { 8, { method = "gc", formula = "primer3", sodium = 120, potassium = 5 }, 70.69052439775191 },
  { 8, { method = "gc", formula = "vonahsen2001", sodium = 120, potassium = 5 }, 72.89748351583061 },
  { 8, { method = "wallace" }, 102.0 },
  { 9, { method = "gc", formula = "marmur1962", sodium = 120, potassium = 5 }, 77.60000000000001 },
  { 9, { method = "gc", formula = "quikchange", sodium = 120, potassium = 5 }, 89.38333333333333 },
  { 9, { method = "gc", formula = "schildkraut1965", sodium = 120, potassium = 5 }, 74.39203954926707 },
  { 9, { method = "gc", formula = "wetmur1991", sodium = 120, potassium = 5 }, 76.70398040653093 },
  { 9, { method = "gc", formula = "wetmur1991_rna", sodium = 120, potassium = 5 }, 86.73731373986426 },
  { 9, { method = "gc", formula = "wetmur1991_hybrid", sodium = 120, potassium = 5 }, 80.40398040653095 },
  { 9, { method = "gc", formula = "primer3", sodium = 120, potassium = 5 }, 75.64203954926707 },
  { 9, { method = "gc", formula = "vonahsen2001", sodium = 120, potassium = 5 }, 76.86718048552758 },
  { 9, { method = "wallace" }, 176.0 },
}

for number, row in ipairs(EXPECTED) do
  local got = bio.melting_temperature(SEQUENCES[row[1]], row[2])
  assert(math.abs(got - row[3]) < 1e-9, ("row %d: expected %.12g, got %.12g"):format(number, row[3], got))
end

local function fails(expected, ...)
  local ok, message = pcall(bio.melting_temperature, ...)
  if ok or not tostring(message):find(expected, 1, true) then
    error(("expected an error with %q, got %s"):format(expected, tostring(message)), 2)
  end
end

-- Case and U make no difference.
assert(bio.melting_temperature "cgttccaaagau" == bio.melting_temperature "CGTTCCAAAGAT")
fails("argument `sequence`: \"N\" at position 3 is no letter of `dna` or `rna`", "ACN")
fails("argument `sequence`: expected at least two letters", "A")
fails("argument `sequence`: expected a sequence, got nil")
fails("argument `sodium`: expected some salt", "ACGT", { sodium = 0 })
fails("argument `sodium`: expected an amount from 0 up, got -1", "ACGT", { sodium = -1 })
fails("argument `sodium`: expected a number, got \"50\"", "ACGT", { sodium = "50" })
fails("argument `strand`: expected more than half of `other_strand`", "ACGT", { strand = 10, other_strand = 20 })
fails("argument `salt`: expected one of `none`, `schildkraut1965`", "ACGT", { salt = "table salt" })
fails("argument `parameters`: expected one of", "ACGT", { parameters = "" })
fails("expected the names `dntps`, `formula`", "ACGT", { Na = 50 })
