--- expect: raised
-- Ten MiB of error message reach the top: an ordinary failure, with as much of the text as fits.
error(("x"):rep(1024):rep(10 * 1024), 0)
