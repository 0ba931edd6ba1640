--- rocks: lualogging-core
local logging = require "logging"
local lines = {}
local logger = logging.new(function(_, level, message)
  lines[#lines + 1] = level .. " " .. message
  return true
end)
logger:setLevel(logging.INFO)
logger:debug "not shown"
logger:info("number %d", 7)
logger:error { code = 1 }
logger:warn(function(text) return "made of " .. text end, "a function")
print(table.concat(lines, "\n"))
local file = require "logging.file" ("test.log", nil, "%level: %message\n")
file:info "first"
file:fatal "second"
print(assert(io.open "test.log"):read "a")
local ok, message = pcall(logger.setLevel, logger, "LOUD")
print(ok, (message:gsub("^[^:]*:%d+: ", "")))
