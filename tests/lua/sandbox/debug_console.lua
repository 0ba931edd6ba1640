--- expect: ok
--- stdin: print("in the console")\nx = = 1\nvalue = 7\ncont\nrest of the input\n
--- stderr: lua_debug>
-- debug.debug reads commands from the standard input until `cont` and reports errors on stderr.
debug.debug() --> in the console
print(value, io.read("l")) --> 7	rest of the input
