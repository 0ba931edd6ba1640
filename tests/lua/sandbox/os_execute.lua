--- expect: ok
-- There is no shell: os.execute says so and every command fails.
print(os.execute()) --> false
for _, command in ipairs { "true", "", "exit 0", "sh -c id", "/bin/ls", "; reboot", ("x"):rep(100000) } do
  local ok, result, how, status = pcall(os.execute, command)
  assert(not ok and type(result) == "string" or result == nil and type(how) == "string" and math.type(status) == "integer")
end
print("no command ran") --> no command ran
print((pcall(os.execute, {}))) --> false
