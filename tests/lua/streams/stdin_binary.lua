--- expect: ok
--- stdin: a\0b\r\nc\xff\xfe\n
-- The input is bytes: zeros, carriage returns and invalid UTF-8 arrive unchanged.
print(io.read("a"):byte(1, -1)) --> 97	0	98	13	10	99	255	254	10
