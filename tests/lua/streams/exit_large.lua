--- expect: exit 255
-- Statuses above 125 are no different from others.
print("before") --> before
os.exit(255)
