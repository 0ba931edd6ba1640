--- expect: ok
-- What the package library gives away: no C path, the usual configuration, four searchers.
print(package.cpath == "", type(package.path), (package.config:gsub("\n", " "):gsub(" $", ""))) --> true	string	/ ; ? ! -
print(#package.searchers, type(package.preload), type(package.loaded), type(package.searchpath)) --> 4	table	table	function
print(pcall(package.loadlib)) --> false	bad argument #1 to 'package.loadlib' (string expected, got no value)
print(pcall(package.searchpath)) --> false	bad argument #1 to 'package.searchpath' (string expected, got no value)
