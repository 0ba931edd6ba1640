--- expect: ok
--- stdin: the quick brown fox\njumps over the lazy dog\nthe end\n
-- A small filter: count words, longest line, from the standard input.
local count, longest = {}, ""
for line in io.lines() do
  if #line > #longest then longest = line end
  for word in line:gmatch("%a+") do count[word] = (count[word] or 0) + 1 end
end
local words = {}
for word in pairs(count) do words[#words + 1] = word end
table.sort(words, function(a, b) return count[a] > count[b] or count[a] == count[b] and a < b end)
for i = 1, 3 do print(words[i], count[words[i]]) end
--> the	3
--> brown	1
--> dog	1
print(longest) --> jumps over the lazy dog
