-- term.cursor: a part of term.
return require("term.core").cursor
