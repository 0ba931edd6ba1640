--- expect: exit 0
-- Without an argument the status is that of success.
print("before") --> before
os.exit()
