--- expect: output
--- stdout: 64KiB
-- One print that is larger than the ceiling, inside every protection.
pcall(pcall, coroutine.wrap(function() pcall(print, ("x"):rep(200000)) end))
