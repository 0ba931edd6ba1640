-- What a program meets when it runs in the sandbox with the default limits: everything it may try,
-- what comes back, and that it can go on afterwards. `bioxen` runs it without any mount.

local function show(what, ok, ...)
  local answer = table.pack(...)
  for i = 1, answer.n do answer[i] = tostring(answer[i]) end
  local text = table.concat(answer, ", ", 1, answer.n):gsub("%c", " ")
  print(("%-32s %s%s"):format(what, ok and "" or "error: ", text))
end

local function try(what, f, ...) show(what, pcall(f, ...)) end

print(_VERSION .. " with its whole standard library")

print("\nFiles: there are none but those on mounts")
try('io.open("/etc/passwd")', io.open, "/etc/passwd")
try('io.open("out.txt", "w")', io.open, "out.txt", "w")
try('os.remove("/etc/hosts")', os.remove, "/etc/hosts")
try('os.rename("/etc", "/gone")', os.rename, "/etc", "/gone")
try('dofile("/etc/profile")', dofile, "/etc/profile")

print("\nThe world outside: no process, no C library, no variables but those that were given")
try("os.execute()", os.execute)
try('os.execute("id")', os.execute, "id")
try('io.popen("id")', io.popen, "id")
try('package.loadlib("libc.so", "*")', package.loadlib, "libc.so", "*")
try('os.getenv("HOME")', os.getenv, "HOME")

print("\nPrecompiled code: string.dump writes it, nothing reads it")
local code = string.dump(function() return "never" end)
try("load(string.dump(f))", load, code)
try('load(string.dump(f), "x", "b")', load, code, "x", "b")

print("\nMemory: a limit is an ordinary error, and work goes on after it")
local kib = ("x"):rep(1024)
try("a string of 1 GiB", string.rep, kib, 1024 * 1024)
try("a list that never ends", function()
  local list = {}
  while true do list[#list + 1] = kib:rep(1000) .. #list end
end)
collectgarbage() -- what the list held is garbage by now
show("a string of 1 MiB", true, #kib:rep(1024) .. " bytes")

print("\nStack: so is endless recursion")
local function endless() return 1 + endless() end
try("endless()", endless)
try('("x"):gsub("x", itself)', function() local function f() return (("x"):gsub("x", f)) end return f() end)

print("\nTime: an endless loop here would be the last thing this program does,")
print("for no pcall catches that stop. It ends instead:")
try("coroutine.wrap(error)", coroutine.wrap(error), "an ordinary error, caught", 0)
print("done")
