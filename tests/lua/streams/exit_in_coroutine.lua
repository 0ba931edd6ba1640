--- expect: exit 6
-- os.exit inside nested coroutines ends the whole run.
local outer = coroutine.wrap(function()
  coroutine.wrap(function()
    print("deep inside") --> deep inside
    os.exit(6)
  end)()
end)
outer()
print("after")
