--- expect: cpu
-- An endless loop made of a label and a goto.
::top:: goto top
