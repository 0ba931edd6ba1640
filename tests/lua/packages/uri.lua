--- rocks: uri
local URI = require "uri"
local uri = assert(URI:new "HTTP://Example.COM:80/a/./b/../c%7e?q=1#frag")
print(uri:uri(), uri:scheme(), uri:host(), uri:port(), uri:path(), uri:query(), uri:fragment(), uri:userinfo())
print(URI:new("../x/y?z", "http://example.com/a/b/c"):uri())
print(tostring(URI:new "mailto:somebody@example.com"), URI:new("urn:isbn:0-306-40615-2"):uri())
print(URI:new "http://exa mple/")
print(URI:new("ftp://me@example.com/file;type=a"):userinfo(), URI:new "http://me@example.com/")
local file = URI:new "file:///tmp/some%20file"
print(file:filesystem_path "unix", file:path())
local data = URI:new "data:,A%20brief%20note"
print(data:data_media_type(), data:data_bytes())
uri:path "/new path"
print(uri:uri())
