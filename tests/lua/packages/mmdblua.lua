--- rocks: mmdblua
local mmdb = require "mmdb"
print(type(mmdb.open))
-- A file that holds no such data is refused by the library's own words.
print((pcall(mmdb.open, "shapes.lua")))
print((pcall(mmdb.open, "missing")))
