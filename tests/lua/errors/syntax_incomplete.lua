--- expect: syntax
--- message: 'end' expected (to close 'if' at line 5) near <eof>
-- The chunk ends too early; a REPL would ask for more.
print("must not run")
if true then
  print("never")
