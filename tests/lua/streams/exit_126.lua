--- expect: exit 126
-- The smallest status that a plain WASI exit refuses.
os.exit(126)
