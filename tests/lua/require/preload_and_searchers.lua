--- expect: ok
--- mount: modules
-- package.preload, own searchers, the order of the searchers.
package.preload["made.here"] = function(...) return { args = table.concat({ ... }, ",") } end
print(require("made.here").args, select(2, require("made.here"))) --> made.here,:preload:
package.preload.simple = function() return "preload wins" end
print((require("simple"))) --> preload wins
print(#package.searchers) --> 4
table.insert(package.searchers, 2, function(name)
  if name:match("^virtual%.") then
    return function(n, extra) return n:upper() .. extra end, "!"
  end
  return "\n\tno virtual module '" .. name .. "'"
end)
print(require("virtual.one")) --> VIRTUAL.ONE!	!
print((select(2, pcall(require, "absent")):match("no virtual module 'absent'"))) --> no virtual module 'absent'
package.searchers[2] = function() return nil end
print(pcall(require, "absent") == false) --> true
package.searchers[2] = function() error("searcher fails", 0) end
print(pcall(require, "absent")) --> false	searcher fails
package.searchers = nil
print(pcall(require, "absent")) --> false	'package.searchers' must be a table
