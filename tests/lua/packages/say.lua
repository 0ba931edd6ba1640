--- rocks: say
local say = require "say"
say:set_namespace "en"
say:set("greeting", "hello, %s")
say:set("many", "%s and %s")
say:set_namespace "de"
say:set("greeting", "hallo, %s")
say:set_fallback "en"
print(say("greeting", { "world" }), say("many", { "one", "two" }), say "unknown")
say:set_namespace "en"
print(say("greeting", { 1.5 }), say("many", { nil, true, n = 2 }))
print(pcall(say.set_namespace, say, 7))
