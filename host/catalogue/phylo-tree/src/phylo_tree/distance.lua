-- Evolutionary distances between aligned sequences.
local check = require "phylo_tree.check"

local distance = {}

local byte, log, huge = string.byte, math.log, math.huge
local MODELS = { "p", "jukes_cantor", "kimura" }

-- A and G are purines, C and T pyrimidines. Everything else is left out, pair by pair.
local CLASS = {}
for letters, class in pairs { AaGg = 1, CcTtUu = 2 } do
  for letter in letters:gmatch "." do CLASS[byte(letter)] = class end
end
local function base(value) return (value == 85 or value == 117) and 84 or value & 0xDF end

-- How many positions can be compared, and how many of them are transitions and transversions.
local function count(a, b)
  local compared, transitions, transversions = 0, 0, 0
  for i = 1, #a do
    local x, y = byte(a, i), byte(b, i)
    local class_x, class_y = CLASS[x], CLASS[y]
    if class_x and class_y then
      compared = compared + 1
      if class_x ~= class_y then
        transversions = transversions + 1
      elseif x ~= y and base(x) ~= base(y) then
        transitions = transitions + 1
      end
    end
  end
  return compared, transitions, transversions
end

local function positive_log(x) return x > 0 and log(x) or -huge end

-- From the parts of transitions and transversions. Where too much has changed to say how much, infinity.
local ESTIMATE = {
  p = function(p, q) return p + q end,
  jukes_cantor = function(p, q) return -3 / 4 * positive_log(1 - 4 / 3 * (p + q)) + 0.0 end,
  kimura = function(p, q) return -1 / 2 * positive_log(1 - 2 * p - q) - 1 / 4 * positive_log(1 - 2 * q) + 0.0 end,
}

local function between(a, b, model)
  local compared, transitions, transversions = count(a, b)
  if compared == 0 then return nil end
  return math.max(0.0, ESTIMATE[model](transitions / compared, transversions / compared)), compared
end

local function checked(a, b, model)
  check.string(a, "a", 4)
  check.string(b, "b", 4)
  if #a ~= #b then
    error(("arguments `a` and `b`: expected aligned sequences of one length, got %d and %d"):format(#a, #b), 3)
  end
  return between(a, b, model)
end

-- Each gives the distance and how many positions were compared; nil where there are none.
function distance.p_distance(a, b) return checked(a, b, "p") end
function distance.jukes_cantor(a, b) return checked(a, b, "jukes_cantor") end
function distance.kimura(a, b) return checked(a, b, "kimura") end

-- A matrix of the distances between sequences of one length.
function distance.distance_matrix(sequences, model)
  if type(sequences) ~= "table" then check.fail("sequences", "a list of sequences", sequences) end
  model = check.choice(model, "model", MODELS, "jukes_cantor")
  local matrix = {}
  for i, sequence in ipairs(sequences) do
    check.string(sequence, ("sequences[%d]"):format(i))
    if #sequence ~= #sequences[1] then check.fail(("sequences[%d]"):format(i), #sequences[1] .. " letters", #sequence) end
    matrix[i] = { [i] = 0.0 }
    for j = 1, i - 1 do
      local value = between(sequences[j], sequence, model)
      if not value then
        error(("argument `sequences`: %d and %d have no position in common"):format(j, i), 2)
      end
      matrix[i][j], matrix[j][i] = value, value
    end
  end
  return matrix
end

return distance
