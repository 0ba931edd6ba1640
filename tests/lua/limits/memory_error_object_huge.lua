--- expect: raised
--- memory: 128MiB
-- Forty MiB of error message reach the top under a larger limit.
error(("x"):rep(1024):rep(40 * 1024), 0)
