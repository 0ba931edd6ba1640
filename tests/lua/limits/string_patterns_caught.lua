--- expect: cpu
-- Catastrophic patterns, each inside its own pcall.
local text = ("a"):rep(5000)
while true do
  pcall(string.find, text, ("a?"):rep(20) .. ("a"):rep(20) .. "b")
  pcall(string.gsub, text, "(.-)(.-)(.-)(.-)b", "")
  pcall(string.match, text, "^(a+)+(a+)+b")
end
