-- Six-frame translation, with the longest open reading frame of each frame.
local amino = "KNKNTTTTRSRSIIMIQHQHPPPPRRRRLLLLEDEDAAAAGGGGVVVV*Y*YSSSS*CWCLFLF"
local code = {}
for i = 0, 63 do
  local codon = ""
  for shift = 4, 0, -2 do
    local index = (i >> shift) % 4 + 1
    codon = codon .. ("ACGT"):sub(index, index)
  end
  code[codon] = amino:sub(i + 1, i + 1)
end

local function translated(strand, frame)
  local protein = {}
  for i = frame, #strand - 2, 3 do
    protein[#protein + 1] = code[strand:sub(i, i + 2)]
  end
  return table.concat(protein)
end

local function longest_frame(protein)
  local longest = 0
  for frame in protein:gmatch("M[^*]*") do
    if #frame > longest then longest = #frame end
  end
  return longest
end

local seed, bases = 3, {}
for i = 1, 40000 do
  seed = (seed * 1103515245 + 12345) % 2147483648
  local index = (seed >> 16) % 4 + 1
  bases[i] = ("ACGT"):sub(index, index)
end
local forward = table.concat(bases)
local backward = forward:reverse():gsub("%a", { A = "T", C = "G", G = "C", T = "A" })

local sum = 0
for _, strand in ipairs({ forward, backward }) do
  for frame = 1, 3 do
    for _ = 1, 3 do
      local protein = translated(strand, frame)
      sum = (sum * 31 + longest_frame(protein) * 100 + protein:byte(-1)) % 1000000007
    end
  end
end
return sum
