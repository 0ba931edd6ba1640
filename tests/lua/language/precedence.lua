--- expect: ok
-- Operator precedence and associativity.
print(2 ^ 3 ^ 2, -2 ^ 2, (2 ^ 3) ^ 2) --> 512.0	-4.0	64.0
print(1 .. 2 .. 3, "a" .. 1 + 2) --> 123	a3
print(1 + 2 * 3 - 4 / 2, (1 + 2) * 3) --> 5.0	9
print(not 1 == 2, not (1 == 2)) --> false	true
print(1 or error("not evaluated"), nil and error("not evaluated")) --> 1	nil
print(false == nil or "last", 1 < 2 == true) --> last	true
print(5 & 3 == 1, pcall(load("return 1 == 1 & 1"))) --> true	true	true
print(1 | 2 ~ 3 & 4 << 1, 1 << 2 + 1) --> 3	8
print(-3 % 5, -(3 % 5), -3 ^ 2, 2 ^ -1) --> 2	-3	-9.0	0.5
print(#"abc" + 1, -"2" + 3, ~5 & 0xF) --> 4	1	10
print("a" < "b" and "b" < "c", 1 < 2 and 2 or 3) --> true	2
print(7 // 2 * 2, 7 * 2 // 2, 2 * 3 % 4) --> 6	7	2
