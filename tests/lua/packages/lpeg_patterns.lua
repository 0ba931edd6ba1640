--- rocks: lpeg_patterns
local lpeg = require "lpeg"
local IPv4, IPv6 = require "lpeg_patterns.IPv4", require "lpeg_patterns.IPv6"
local email, uri, phone = require "lpeg_patterns.email", require "lpeg_patterns.uri", require "lpeg_patterns.phone"
local EOF = -lpeg.P(1)
local function matches(pattern, text)
  local result = (pattern * EOF):match(text)
  return result and tostring(result)
end
for _, text in ipairs { "127.0.0.1", "255.255.255.255", "256.1.1.1", "1.2.3" } do print(text, matches(IPv4.IPv4address, text)) end
for _, text in ipairs { "::1", "2001:db8::8:800:200c:417a", "1:2:3:4:5:6:7:8:9", "fe80::" } do print(text, matches(IPv6.IPv6address, text)) end
print(((email.email * EOF):match "somebody@example.com"), (email.email * EOF):match "no at sign")
local parts = (uri.uri * EOF):match "https://me@example.com:8080/a/b?x=1#top"
print(parts.scheme, parts.userinfo, parts.host, parts.port, parts.path, parts.query, parts.fragment)
print(matches(phone.phone, "+1 (800) 555-0100"))
local http = require "lpeg_patterns.http"
print((http.request_line * lpeg.P(-1)):match "GET /index.html HTTP/1.1\r\n")
local language = require "lpeg_patterns.language"
print(type((language.langtag * EOF):match "de-Latn-DE-1996"))
