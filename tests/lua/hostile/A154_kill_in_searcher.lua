--- expect: cpu
--- fuel: 2e8
-- The stop inside a loader that require has called, from package.preload.
print "before" --> before
package.preload.slow = function() while true do end end
print(pcall(require, "slow"))
