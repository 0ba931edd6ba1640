--- expect: ok
-- io.popen is there and always raises an error.
for _, mode in ipairs { "r", "w" } do
  for _, command in ipairs { "true", "", "cat /etc/passwd" } do
    local ok, message = pcall(io.popen, command, mode)
    assert(not ok and type(message) == "string")
  end
end
print(pcall(io.popen, "true") == false, pcall(io.popen) == false, pcall(io.popen, "true", "x") == false) --> true	true	true
