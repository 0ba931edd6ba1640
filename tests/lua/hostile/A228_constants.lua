--- expect: ok
--- memory: 4MiB
-- Chunks with many constants, kept until memory ends; those that were loaded work.
local source = {}
for i = 1, 1000 do source[i] = ("local _ = %d.5 .. 'constant %d'"):format(i, i) end
source = "do " .. table.concat(source, " end do ") .. " end return 7"
local kept, message = {}, nil
repeat
  local f
  f, message = load(source, "=" .. #kept)
  kept[#kept + 1] = f
until not f
print(message, #kept > 3) --> not enough memory	true
assert(kept[1]() == 7 and kept[#kept]() == 7)
kept = nil
collectgarbage()
print(load "return 1"()) --> 1
