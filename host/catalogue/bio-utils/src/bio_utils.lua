-- Everything of the package under one name; doc/bio_utils.md says what each function does.
local bio_utils = {}

for _, part in ipairs { "alphabet", "composition", "distance", "kmer", "melting", "motif", "strand", "weight" } do
  for name, value in pairs(require("bio_utils." .. part)) do bio_utils[name] = value end
end

return bio_utils
