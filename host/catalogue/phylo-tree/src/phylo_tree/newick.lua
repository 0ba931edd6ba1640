-- Newick: ((a:1,b:2)ab:3,'it''s':4)[a comment];
local check = require "phylo_tree.check"
local walk = require "phylo_tree.walk"

local newick = {}

local MOST_NODES = 100000 -- about 20 MB: a VM has 64 if nothing else is said
local BLANK = "^[ \t\r\n]*"
local NUMBER = "^[+-]?%d*%.?%d*[eE]?[+-]?%d*"

local Reader = {}
Reader.__index = Reader

function Reader:fail(format, ...)
  local _, lines = self.text:sub(1, self.at - 1):gsub("\n", "")
  error({ message = ("newick, line %d, character %d of it: " .. format):format(lines + 1,
    #self.text:sub(1, self.at - 1):match "[^\n]*$" + 1, ...) })
end

function Reader:skip(pattern)
  self.at = select(2, self.text:find(pattern, self.at)) + 1
end

-- Comments may hold comments.
function Reader:comment(node)
  local first, depth, at = self.at, 0, self.at
  repeat
    local found = self.text:find("[][]", at)
    if not found then self:fail("the comment has no end") end
    depth = depth + (self.text:byte(found) == 91 and 1 or -1)
    at = found + 1
  until depth == 0
  node.comment = (node.comment or "") .. self.text:sub(first + 1, at - 2)
  self.at = at
end

function Reader:blank(node)
  self:skip(BLANK)
  while self.text:byte(self.at) == 91 do
    self:comment(node)
    self:skip(BLANK)
  end
end

-- A name in quotes, in which '' stands for one quotation mark.
function Reader:quoted()
  local at = self.at + 1
  while true do
    local found = self.text:find("'", at, true)
    if not found then self:fail("the name has no closing quotation mark") end
    if self.text:byte(found + 1) ~= 39 then
      local name = self.text:sub(self.at + 1, found - 1):gsub("''", "'")
      self.at = found + 1
      return name
    end
    at = found + 2
  end
end

-- What may follow a node's children: a name, a length, comments between them.
function Reader:label(node)
  self:blank(node)
  if self.text:byte(self.at) == 39 then
    node.name = self:quoted()
  else
    local first, last = self.text:find("^[^][()',:; \t\r\n]+", self.at)
    if first then
      node.name, self.at = self.text:sub(first, last), last + 1
      if self.underscores then node.name = node.name:gsub("_", " ") end
    end
  end
  self:blank(node)
  if self.text:byte(self.at) ~= 58 then return end
  self.at = self.at + 1
  self:blank(node)
  local first, last = self.text:find(NUMBER, self.at)
  local text = self.text:sub(first, last)
  node.length = text:find "%d" and tonumber(text) or self:fail("expected the length of a branch")
  self.at = last + 1
  self:blank(node)
end

function Reader:add(parent)
  self.nodes = self.nodes + 1
  if self.nodes > self.most then self:fail("more than %d nodes; set `most_nodes`", self.most) end
  local node = {}
  if parent then parent.children[#parent.children + 1] = node end
  return node
end

-- The tree that begins here, up to its semicolon. Open brackets wait in a list, not on the stack.
function Reader:tree()
  local open, node = {}, self:add()
  while true do
    self:blank(node)
    if self.text:byte(self.at) == 40 then -- (
      self.at = self.at + 1
      node.children = {}
      open[#open + 1] = node
      node = self:add(node)
    else
      self:label(node)
      while self.text:byte(self.at) == 41 do -- )
        if #open == 0 then self:fail("`)` without `(`") end
        self.at = self.at + 1
        node = table.remove(open)
        self:label(node)
      end
      local byte = self.text:byte(self.at)
      if byte == 44 and #open > 0 then -- ,
        self.at = self.at + 1
        node = self:add(open[#open])
      elseif byte == 59 and #open == 0 then -- ;
        self.at = self.at + 1
        return node
      else
        self:unexpected(byte, #open)
      end
    end
  end
end

function Reader:unexpected(byte, open)
  local expected = open > 0 and "`,` or `)`" or "`;`"
  if not byte then self:fail("expected %s, got the end", expected) end
  self:fail("expected %s, got %q", expected, string.char(byte))
end

local function reader_of(text, options)
  check.string(text, "text", 4)
  options = check.options(options, { most_nodes = MOST_NODES, underscores_are_spaces = false })
  return setmetatable({
    text = text, at = 1, nodes = 0, most = options.most_nodes, underscores = options.underscores_are_spaces,
  }, Reader)
end

local function guarded(reader, level)
  local ok, result = pcall(function()
    reader.nodes = 0
    reader:skip(BLANK)
    if reader.at > #reader.text then return nil end
    return reader:tree()
  end)
  if ok then return result end
  if type(result) == "table" then error(result.message, level + 1) end
  error(result, 0)
end

-- The one tree of a text.
function newick.parse(text, options)
  local reader = reader_of(text, options)
  local tree = guarded(reader, 2)
  if not tree then error("argument `text`: expected a tree, got nothing", 2) end
  reader:skip(BLANK)
  if reader.at <= #text then error("argument `text`: expected one tree; `trees` reads several", 2) end
  return tree
end

-- The trees of a text, one at a time.
function newick.trees(text, options)
  local reader = reader_of(text, options)
  return function() return guarded(reader, 2) end
end

-- The shortest text that is read as the same number.
local function number_text(number, level)
  if math.type(number) == nil or number - number ~= 0 then check.fail("length", "a finite number", number, level) end
  if math.type(number) == "integer" then return tostring(number) end
  for digits = 15, 17 do
    local text = ("%." .. digits .. "g"):format(number)
    if tonumber(text) == number then return text end
  end
end

local function label_text(node, options)
  local parts = {}
  local name = node.name
  if name ~= nil then
    if type(name) ~= "string" then check.fail("name", "a string", name, 5) end
    local plain = name ~= "" and not name:find "[][()',:; \t\r\n]"
      and not (options.quote_underscores and name:find("_", 1, true))
    parts[1] = plain and name or "'" .. name:gsub("'", "''") .. "'"
  end
  if options.lengths and node.length then parts[#parts + 1] = ":" .. number_text(node.length, 5) end
  if options.comments and node.comment then
    local depth = 0
    for bracket in node.comment:gmatch "[][]" do
      depth = depth + (bracket == "[" and 1 or -1)
      if depth < 0 then break end
    end
    if depth ~= 0 then check.fail("comment", "as many `]` as `[`", node.comment, 5) end
    parts[#parts + 1] = "[" .. node.comment .. "]"
  end
  return table.concat(parts)
end

function newick.format(tree, options)
  check.tree(tree)
  options = check.options(options, { lengths = true, comments = false, quote_underscores = false })
  local parts, depth = {}, 0
  local first = true
  -- Children come before their parents: each level that is deeper than the last one opens a bracket.
  for node, _, level in walk.postorder(tree) do
    if level > depth then
      if not first then parts[#parts + 1] = "," end
      parts[#parts + 1] = ("("):rep(level - depth)
    elseif level < depth then
      parts[#parts + 1] = ")"
    else
      parts[#parts + 1] = not first and "," or nil
    end
    first, depth = false, level
    parts[#parts + 1] = label_text(node, options)
  end
  parts[#parts + 1] = ";"
  return table.concat(parts)
end

return newick
