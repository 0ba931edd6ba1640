local phylo = require "phylo_tree"

local function fails(expected, f, ...)
  local ok, message = pcall(f, ...)
  if ok or not tostring(message):find(expected, 1, true) then
    error(("expected an error with %q, got %s"):format(expected, tostring(message):sub(1, 200)), 2)
  end
end

-- What is read is written again as it was.
for _, text in ipairs {
  "(a,b);", "(a,b)r;", "(a:1,b:2.5)r:0.125;", "a;", ";", "(,);", "((((a))));", "(a,(b,c),,d);", "('it''s','a b',':');",
  "(a,b,c,(d,e)f:1)g;", "(a:-1.5,b:1e-20,c:1e+300);", "(a:0.1,b:0.30000000000000004);", "('','''');", "(A_b,C|d=e);",
} do
  local tree = phylo.parse(text)
  assert(phylo.format(tree) == text, text .. " " .. phylo.format(tree))
end
local tree = phylo.parse " ( a : 1 ,\n\tb[first]:2[second[inner]] ) root [ of all ] ; \n"
assert(phylo.format(tree) == "(a:1,b:2)root;")
assert(phylo.format(tree, { comments = true }) == "(a:1,b:2[firstsecond[inner]])root[ of all ];")
assert(phylo.format(tree, { lengths = false }) == "(a,b)root;")
assert(tree.name == "root" and tree.children[1].length == 1 and tree.children[2].comment == "firstsecond[inner]")
assert(phylo.parse("(a:.5,b:5.,c:+2,d:1E3);").children[1].length == 0.5)
assert(phylo.parse("(a_b,'c_d');", { underscores_are_spaces = true }).children[1].name == "a b")
assert(phylo.parse("(a_b,'c_d');", { underscores_are_spaces = true }).children[2].name == "c_d")
assert(phylo.format(phylo.parse "('c_d');", { quote_underscores = true }) == "('c_d');")
assert(phylo.format(phylo.parse "(((a,b),(c,d)),(e,(f,g)));") == "(((a,b),(c,d)),(e,(f,g)));")
assert(phylo.format(phylo.parse "(a,((b)));") == "(a,((b)));")

local names = {}
for one in phylo.trees "(a,b);\n(c);  d ;\n" do names[#names + 1] = table.concat(phylo.leaf_names(one), "+") end
assert(table.concat(names, " ") == "a+b c d")
local next_tree = phylo.trees "(a);(b;"
assert(next_tree())
fails("newick, line 1, character 7 of it: expected `,` or `)`, got \";\"", next_tree)

fails("newick, line 1, character 6 of it: expected `;`, got the end", phylo.parse, "(a,b)")
fails("newick, line 2, character 3 of it: `)` without `(`", phylo.parse, "(a,\nb));")
fails("newick, line 1, character 5 of it: expected `,` or `)`, got \";\"", phylo.parse, "(a,b;")
fails("newick, line 1, character 4 of it: expected `,` or `)`, got \"b\"", phylo.parse, "(a b);")
fails("newick, line 1, character 4 of it: expected the length of a branch", phylo.parse, "(a:x,b);")
fails("expected the length of a branch", phylo.parse, "(a:1e,b);")
fails("newick, line 1, character 6 of it: expected `,` or `)`, got \"x\"", phylo.parse, "(a:0 x1,b);")
fails("expected `,` or `)`, got \"x\"", phylo.parse, "(a:0x10,b);")
fails("newick, line 1, character 4 of it: the name has no closing quotation mark", phylo.parse, "(a,'b);")
fails("newick, line 1, character 2 of it: the comment has no end", phylo.parse, "([a[b],c);")
fails("expected `;`, got \",\"", phylo.parse, "a,b;")
fails("expected a tree, got nothing", phylo.parse, " \n")
fails("expected one tree; `trees` reads several", phylo.parse, "(a);(b);")
fails("argument `text`: expected a string, got a table", phylo.parse, {})
fails("more than 3 nodes; set `most_nodes`", phylo.parse, "(a,b,c);", { most_nodes = 3 })
assert(phylo.parse("(a,b,c);", { most_nodes = 4 }))
fails("expected the names `most_nodes`, `underscores_are_spaces`, got \"most\"", phylo.parse, "a;", { most = 1 })
fails("argument `name`: expected a string, got 5", phylo.format, { name = 5 })
fails("argument `length`: expected a finite number, got nan", phylo.format, { length = 0 / 0 })
fails("argument `comment`: expected as many `]` as `[`", phylo.format, { comment = "](evil)[" }, { comments = true })
fails("argument `tree`: expected a tree, got nil", phylo.format)

-- Nothing calls itself: forty thousand brackets in each other are read, walked, and written.
local deep = ("("):rep(40000) .. "a" .. (",b):1"):rep(40000) .. ";"
tree = phylo.parse(deep)
assert(phylo.format(tree) == deep)
local size = phylo.tree_size(tree)
assert(size.height == 40000 and size.leaves == 40001 and size.length == 39999)
assert(phylo.distance(tree, "a", tree) == 39999)
assert(phylo.format(phylo.copy(tree)) == deep)
local levels = 0
for _ in phylo.levelorder(tree) do levels = levels + 1 end
assert(levels == size.nodes)
assert(phylo.tree_size(phylo.midpoint_root(tree)).leaves == 40001)
-- Without an end there is a ceiling.
fails("more than 100000 nodes", phylo.parse, ("("):rep(10000000))
fails("more than 100000 nodes", phylo.parse, "(" .. (","):rep(10000000))
fails("the comment has no end", phylo.parse, ("["):rep(1000000))
