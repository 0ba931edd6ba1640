--- expect: raised
--- message: uncaught_string.lua:5: final words
-- Output before an uncaught error is kept, what follows does not run.
print("before") --> before
error("final words")
print("after")
