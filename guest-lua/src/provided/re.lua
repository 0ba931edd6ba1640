-- re: patterns written as text, over `lpeg`. The grammar of the text is below, under "syntax"; each
-- rule gives a pattern.
local lpeg = require "lpeg"

local P, S, R, V = lpeg.P, lpeg.S, lpeg.R, lpeg.V
local C, Cc, Cf, Cg, Cp, Ct = lpeg.C, lpeg.Cc, lpeg.Cf, lpeg.Cg, lpeg.Cp, lpeg.Ct

local NEAR <const> = 21 -- bytes of the text that the message of an error shows

local any = P(1)

-- ---- classes ----------------------------------------------------------------------------------

local classes

-- Texts that were compiled, for each function of the module; forgotten when nobody else holds them.
local matchers, finders, replacers

local short <const> = {
  a = "alpha", c = "cntrl", d = "digit", g = "graph", l = "lower",
  p = "punct", s = "space", u = "upper", w = "alnum", x = "xdigit",
}

local function updatelocale()
  classes = lpeg.locale()
  classes.nl = P"\n"
  for letter, class in pairs(short) do
    classes[letter] = classes[class]
    classes[letter:upper()] = any - classes[class]
  end
  matchers = setmetatable({}, {__mode = "v"})
  finders = setmetatable({}, {__mode = "v"})
  replacers = setmetatable({}, {__mode = "v"})
end

-- ---- what the parts of the text mean ----------------------------------------------------------
-- `definitions` is the table that the caller of `compile` gave.

local function definition(name, definitions)
  local value = definitions and definitions[name]
  if not value then error("undefined name: " .. name) end
  return value
end

local function class_or_definition(name, definitions)
  local value = definitions and definitions[name] or classes[name]
  if not value then error("name '" .. name .. "' undefined") end
  return P(value)
end

local function all_of(p, q) return p * q end
local function one_of(p, q) return p + q end

-- So many times the pattern, put together from halves.
local function times(p, count)
  if count == 0 then return P(true) end
  if count == 1 then return p end
  local half = times(p, count // 2)
  return count % 2 == 0 and half * half or half * half * p
end

-- Suffixes are a kind and a value each.
local suffixes <const> = {
  power = function(p, count) return p ^ count end,
  times = times,
  replace = function(p, value) return p / value end,
  call = function(p, name, definitions) return p / definition(name, definitions) end,
  table = function(p) return Ct(p) end,
  fold = function(p, name, definitions) return Cf(p, definition(name, definitions)) end,
  runtime = function(p, name, definitions) return lpeg.Cmt(p, definition(name, definitions)) end,
}

local function with_suffix(p, kind, value, definitions)
  return suffixes[kind](p, value, definitions)
end

local function set(complement, p)
  return complement == "^" and any - p or p
end

local function call(rule, inside)
  if not inside then error("rule '" .. rule .. "' used outside a grammar") end
  return V(rule)
end

local function add_rule(rules, name, p)
  if rules[name] then error("'" .. name .. "' already defined as a rule") end
  rules[name] = p
  return rules
end

local function grammar(first, p, ...)
  local rules = add_rule({first}, first, p)
  for i = 1, select("#", ...), 2 do
    local name, rule = select(i, ...)
    add_rule(rules, name, rule)
  end
  return P(rules)
end

-- Matches once more what the last group of the name had.
local function again(key)
  return lpeg.Cmt(lpeg.Cb(key), function(subject, at, text)
    if type(text) ~= "string" then return false end
    local behind = at + #text
    return subject:sub(at, behind - 1) == text and behind
  end)
end

local function refuse(text, at)
  local rest = text:sub(at, at + NEAR - 1)
  if at + NEAR - 1 <= #text then rest = rest .. "..." end
  error("pattern error near '" .. rest .. "'", 0)
end

-- ---- syntax -----------------------------------------------------------------------------------

local definitions = lpeg.Carg(1)
local letter = R("az", "AZ") + "_"
local space = (S" \t\n\v\f\r" + "--" * (any - "\n") ^ 0) ^ 0
local name = C(letter * (letter + R"09") ^ 0)
local arrow = space * "<-"
local number = C(R"09" ^ 1) / tonumber
local string = "'" * C((any - "'") ^ 0) * "'" + '"' * C((any - '"') ^ 0) * '"'
local defined = "%" * name * definitions / class_or_definition
local range = Ct(C(any) * "-" * C(any - "]")) / function(ends) return R(ends[1] .. ends[2]) end
local item = defined + range + C(any) / P
local items = Cf(item * (item - "]") ^ 0, one_of)
local class = "[" * C(P"^" ^ -1) * items * "]" / set

-- What may stand behind a sequence; anything else is where the text is wrong.
local behind = S"/)}" + ":}" + "~}" + "|}" + name * arrow + -any

local function suffix(sign, kind, value)
  return sign * Cg(Cc(kind) * value * definitions)
end

local target = space * (Cc"replace" * (string + number) + P"{}" * Cc("table", true) + Cc"call" * name)

local suffix_of = suffix("*", "power", Cc(0)) + suffix("+", "power", Cc(1)) + suffix("?", "power", Cc(-1))
  + suffix("^", "times", number) + suffix("^", "power", C(S"+-" * R"09" ^ 1) / tonumber)
  + "->" * Cg(target * definitions)
  + suffix("=>", "runtime", space * name) + suffix("~>", "fold", space * name)

local primary = "(" * V"expression" * ")"
  + string / P
  + class
  + defined
  + "{:" * (name * ":" * V"expression" / function(key, p) return Cg(p, key) end + V"expression" / Cg) * ":}"
  + "=" * name / again
  + P"{}" / Cp
  + "{~" * V"expression" * "~}" / lpeg.Cs
  + "{|" * V"expression" * "|}" / Ct
  + "{" * V"expression" * "}" / C
  + P"." * Cc(any)
  + (name * -arrow + "<" * name * ">") * lpeg.Cb"inside" / call

local prefixed = "&" * space * V"prefixed" / function(p) return #p end
  + "!" * space * V"prefixed" / function(p) return -p end
  + Cf(primary * space * (suffix_of * space) ^ 0, with_suffix)

local sequence = Cf(Cc(P(true)) * V"prefixed" ^ 0, all_of) * (#behind + P(refuse))
local rule = name * arrow * V"expression"

-- The group `inside` says whether a name may be that of a rule.
local syntax <const> = Cg(Cc(false), "inside") * P{
  "expression",
  expression = space * (Cg(Cc(true), "inside") * rule ^ 1 / grammar
                        + Cf(sequence * ("/" * space * sequence) ^ 0, one_of)),
  prefixed = prefixed,
} * (-any + P(refuse))

-- ---- the module -------------------------------------------------------------------------------

local function compile(text, defs)
  if lpeg.type(text) == "pattern" then return text end
  return (syntax:match(text, 1, defs))
end

local function match(subject, text, init)
  local p = text ~= nil and matchers[text]
  if not p then
    p = compile(text)
    matchers[text] = p
  end
  return p:match(subject, init or 1)
end

local function find(subject, text, init)
  local p = text ~= nil and finders[text]
  if not p then
    p = P{Cp() * (compile(text) / 0) * Cp() + any * V(1)}
    finders[text] = p
  end
  local from, behind_it = p:match(subject, init or 1)
  if from then return from, behind_it - 1 end
  return nil
end

local function gsub(subject, text, replacement)
  local known = text ~= nil and replacers[text] or {}
  local p = replacement ~= nil and known[replacement]
  if not p then
    p = lpeg.Cs((compile(text) / replacement + any) ^ 0)
    known[replacement] = p
    replacers[text] = known
  end
  return p:match(subject)
end

updatelocale()

return {compile = compile, match = match, find = find, gsub = gsub, updatelocale = updatelocale}
