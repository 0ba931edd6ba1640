--- expect: exit 1
-- os.exit(false) is the usual status of a failure.
print("before") --> before
os.exit(false)
print("never")
