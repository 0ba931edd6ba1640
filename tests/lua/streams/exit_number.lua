--- expect: exit 42
-- Any small number is a status.
os.exit(42)
