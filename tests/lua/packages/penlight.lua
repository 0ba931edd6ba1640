--- rocks: penlight
local List = require "pl.List"
local tablex = require "pl.tablex"
local stringx = require "pl.stringx"
local OrderedMap = require "pl.OrderedMap"
local Set = require "pl.Set"
local Date = require "pl.Date"
local pretty = require "pl.pretty"
local template = require "pl.template"
local class = require "pl.class"
local seq = require "pl.seq"
local sip = require "pl.sip"
local data = require "pl.data"
local text = require "pl.text"
local lapp = require "pl.lapp"
local path = require "pl.path"
local dir = require "pl.dir"
local file = require "pl.file"
local config = require "pl.config"
local xml = require "pl.xml"
local permute = require "pl.permute"

print(require("pl.utils")._VERSION)
print(List { 3, 1, 2 }:sorted():map("*", 10), List.range(1, 5):reverse())
print(tablex.deepcompare({ 1, { 2 } }, { 1, { 2 } }), tablex.find({ "a", "b" }, "b"))
print(stringx.strip "  x y  ", table.concat(stringx.split("a,b,c", ","), "|"), stringx.title "hello world")
print(stringx.endswith("genome.fa", ".fa"), ("x"):rep(3), stringx.center("mid", 9, "*"))
local map = OrderedMap()
map:set("z", 1)
map:set("a", 2)
print(map, Set { 1, 2 } * Set { 2, 3 } == Set { 2 }, Set { 1, 2 } < Set { 1, 2, 3 })
print(pretty.write({ 1, 2, { three = 3 } }, ""))
print((template.substitute("# for i = 1, 3 do\n<li>$(i)</li>\n# end\n", { _escape = "#" })))
local Animal = class()
function Animal:_init(name) self.name = name end
function Animal:__tostring() return self.name .. ": " .. self:speak() end
local Dog = class(Animal)
function Dog:speak() return "bark" end
print(Dog "Fido", Dog:class_of(Dog "x"), Animal:class_of(Dog "x"))
print(seq.sum { 1, 2, 3 }, table.concat(seq.copy(seq.map(function(x) return x * 2 end, { 1, 2 })), " "))
local parts = {}
print(sip.match("$i/$i/$i", "10/12/2024", parts), parts[1] + parts[2] + parts[3])
local rows = data.read(require("pl.stringio").open "name,size\nx,1\ny,2\n")
print(#rows, rows[2].size, rows:column_by_name "name")
print(text.dedent "    one\n    two\n")
print(lapp.process_options_string and lapp("test\n  -n (default 3) count\n", {}).n)
print(Date { year = 2024, month = 2, day = 29 }:month(), Date { year = 2024, month = 2, day = 28 }:add { day = 2 }:day())
print(path.splitext "a/b.fasta", path.basename "a/b.fasta", path.normpath "a/../b/./c", path.join("a", "b"))
print(path.isfile "shapes.lua", path.isdir "shapes.lua", path.exists "missing", path.getsize "settings.ini")
file.write("written.txt", "some text\n")
print(file.read "written.txt", path.extension "written.txt")
dir.makepath "one/two"
print(path.isdir "one/two", #dir.getfiles("one", "*.lua"))
file.delete "written.txt"
print(path.exists "written.txt", config.read("settings.ini").server.port)
local doc = xml.parse "<list><item n='1'>a</item><item n='2'>b</item></list>"
print(#doc:get_elements_with_name "item", doc[2].attr.n, doc:first_childtag():get_text())
local total = 0
for _ in permute.order_iter { 1, 2, 3, 4 } do total = total + 1 end
print(total)
print(pcall(require("pl.utils").assert_arg, 1, "x", "number"))
