-- term: the module of lua-term. It is its core with everything added.
return require "term.core"
