--- expect: exit 0
-- os.exit(true) ends the run as a success, and what was written before counts.
io.write("written, not flushed") --> written, not flushed
os.exit(true)
print("never")
