--- expect: cpu
--- fuel: 2e8
-- The functions of utf8 over a long text, for ever.
local text = utf8.char(0x10ffff):rep(50000)
print(utf8.len(text), utf8.offset(text, -1)) --> 50000	199997
while true do
  for _ in utf8.codes(text) do end
  utf8.len(text)
  utf8.offset(text, 50000)
  utf8.codepoint(text, -4)
end
