--- expect: ok
-- No locale but the one; names that are long, wrong, or hold zeros.
print(os.setlocale(), os.setlocale "", os.setlocale "C", os.setlocale(nil, "numeric")) --> C	C	C	C
for _, name in ipairs { "de_DE.UTF-8", ("x"):rep(1 << 20), "../C", "/etc/passwd", "C;LC_ALL=x", "c" } do
  for _, category in ipairs { "all", "collate", "ctype", "monetary", "numeric", "time" } do assert(os.setlocale(name, category) == nil) end
end
print(pcall(os.setlocale, "C", "everything")) --> false	bad argument #2 to 'os.setlocale' (invalid option 'everything')
print(1.5, ("ä"):upper() == "ä", tonumber "1,5") --> 1.5	true	nil
