--- expect: ok
--- memory: 16MiB
-- A loader that uses up the memory: nothing is taken for loaded, and the next attempt begins anew.
local runs = 0
package.preload.hungry = function() runs = runs + 1 if runs < 3 then return ("x"):rep(64 << 20) end return "fed" end
print(pcall(require, "hungry")) --> false	not enough memory
print(package.loaded.hungry) --> nil
print(pcall(require, "hungry")) --> false	not enough memory
print(require "hungry") --> fed	:preload:
