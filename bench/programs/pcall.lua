-- Protected calls: every second one fails, with text, a table, or an error of the interpreter.
local function validate(record)
  if record % 6 == 0 then error("record " .. record % 10) end
  if record % 6 == 2 then error({ code = record % 13 }) end
  if record % 6 == 4 then return record.missing.field end
  return record
end

local passed, codes, texts = 0, 0, 0
for record = 1, 90000 do
  local ok, result = pcall(validate, record)
  if ok then
    passed = passed + result % 7
  elseif type(result) == "table" then
    codes = codes + result.code
  else
    texts = texts + 1
  end
end

local handled = 0
for record = 1, 18000 do
  local _, length = xpcall(validate, function(failure)
    return type(failure) == "table" and failure.code or 1
  end, record)
  handled = handled + length % 11
end
return passed * 1000000000 + codes * 1000 + texts + handled
