--- expect: ok
--- mount: work
-- Handles are used up, by files and folders and temporary files; each kind fails alone, and all come back.
local lfs = require "lfs"
for round = 1, 3 do
  local held, message = {}, nil
  for i = 1, 1000 do
    local ok, f, why = pcall(i % 3 == 0 and io.tmpfile or io.open, "/work/file" .. i % 5, "w")
    if not ok or not f then message = tostring(why or f) break end
    held[#held + 1] = f
  end
  assert(#held >= 8 and #held < 200 and message, #held)
  assert(not pcall(lfs.dir, "/work"))
  assert(not pcall(io.lines, "/work/file1"))
  for _, f in ipairs(held) do assert(f:write "x") end
  if round == 2 then held = nil collectgarbage() collectgarbage() else for _, f in ipairs(held) do f:close() end end
end
print(io.open("/work/file1"):read "a", #io.open("/work/file2"):read "a") --> x	1
