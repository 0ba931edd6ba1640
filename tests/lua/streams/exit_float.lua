--- expect: exit 3
-- A float with an integer value is a status too; anything else is an error.
print(pcall(os.exit, 1.5)) --> false	bad argument #1 to 'os.exit' (number has no integer representation)
print(pcall(os.exit, "x")) --> false	bad argument #1 to 'os.exit' (number expected, got string)
print(pcall(os.exit, {})) --> false	bad argument #1 to 'os.exit' (number expected, got table)
os.exit(3.0)
