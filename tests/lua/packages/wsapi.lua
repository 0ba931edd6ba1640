--- rocks: wsapi
local util, request, response = require "wsapi.util", require "wsapi.request", require "wsapi.response"
print(util.url_encode "a b&c=d/é", util.url_decode "a+b%26c%3Dd", util.sanitize "<a href='x'>\"&")
print(util.make_rewindable and type(util.make_rewindable))
local body = "name=Ada+Lovelace&n=1&n=2"
local at = 1
local input = { read = function(_, n)
  local piece = body:sub(at, at + n - 1)
  at = at + n
  return #piece > 0 and piece or nil
end }
local req = request.new {
  REQUEST_METHOD = "POST", PATH_INFO = "/app/page", SCRIPT_NAME = "", QUERY_STRING = "q=1&r=two%20words",
  CONTENT_TYPE = "application/x-www-form-urlencoded", CONTENT_LENGTH = #body, input = input,
}
print(req.method, req.path_info, req.GET.q, req.GET.r, req.POST.name, table.concat(req.POST.n, ","))
local res = response.new(200, { ["Content-Type"] = "text/plain" })
res:write "hello "
res:write { "wide ", "world" }
local status, headers, iterator = res:finish()
local parts = {}
for part in iterator do parts[#parts + 1] = part end
print(status, headers["Content-Type"], headers["Content-Length"], table.concat(parts))
