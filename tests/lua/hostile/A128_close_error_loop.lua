--- expect: cpu
--- fuel: 3e8
-- Each __close raises, which runs the next one, whose error is caught and raised again for ever.
print "before" --> before
local function guarded(f) return setmetatable({}, { __close = f }) end
local function again(_, message)
  while true do
    local ok = pcall(function()
      local one <close> = guarded(function() error "one" end)
      local two <close> = guarded(function(_, e) error(e, 0) end)
      error(message)
    end)
    assert(not ok)
  end
end
pcall(function()
  local last <close> = guarded(again)
  error "first"
end)
print "after"
