--- expect: ok
-- The standard files cannot be closed.
print(io.stdout:close()) --> nil	cannot close standard file
print(io.stderr:close()) --> nil	cannot close standard file
print(pcall(io.close)) --> true	nil	cannot close standard file
print(io.type(io.stdout), io.type(io.stderr)) --> file	file
collectgarbage()
print("still writing") --> still writing
