--- rocks: http-headers
local headers = require("http.headers").new()
headers:append(":status", "200")
headers:append("content-type", "text/plain")
headers:append("set-cookie", "a=1", true)
headers:append("set-cookie", "b=2", true)
print(headers:len(), headers:get ":status", headers:has "set-cookie", headers:get_comma_separated "set-cookie")
for name, value, never in headers:each() do print(name, value, never) end
headers:upsert("content-type", "text/html")
headers:delete "set-cookie"
headers:modifyi(1, "404")
print(headers:geti(1), headers:get "content-type", headers:len())
headers:sort()
local copy = headers:clone()
print(copy:get ":status", copy:get_as_sequence("content-type").n)
