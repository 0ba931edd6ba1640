--- expect: ok
-- goto as continue, as an exit of nested loops, and backwards, with fresh locals every round.
for i = 1, 6 do
  if i % 2 == 0 then goto continue end
  io.write(i, " ")
  ::continue::
end
print("odd") --> 1 3 5 odd
for i = 1, 3 do
  for j = 1, 3 do
    if i * j == 4 then print("found", i, j) goto done end --> found	2	2
  end
end
::done::
local closures, i = {}, 1
do
  ::again::
  local fresh = i * 10
  closures[#closures + 1] = function() fresh = fresh + 1; return fresh end
  i = i + 1
  if i <= 3 then goto again end
end
print(closures[1](), closures[1](), closures[2](), closures[3]()) --> 11	12	21	31
do
  goto skip
  print("never")
  ::skip::
end
do local n = 3
  ::top:: if n > 0 then n = n - 1 goto top end
  print("n", n) --> n	0
end
while true do
  repeat
    goto out
  until true
end
::out:: ::another:: print("out") --> out
