-- Before each script of the corpus of paths.
lfs = require 'lfs'

-- Whether a call did anything; what it says is printed.
function tries(call, ...)
  local ok, result, message = pcall(call, ...)
  print(ok, tostring(result):sub(1, 2000), tostring(message):sub(1, 2000))
  if not ok or not result then return 0 end
  if io.type(result) == 'file' then
    local mode = select(2, ...)
    if not mode or mode:find('[r+]') then print(result:read('a')) end
    result:close()
  end
  return 1
end

function read(path)
  local file <close> = assert(io.open(path))
  return (file:read('a'))
end

local function entries(path)
  local names = {}
  for name in lfs.dir(path) do names[#names + 1] = name end
  return table.concat(names, ' ')
end

local function by_input(path)
  io.input(path)
  return io.read('a')
end

-- Every way to look.
function try(path)
  local done = 0
  for _, mode in ipairs {'r', 'rb', 'r+', 'a+'} do done = done + tries(io.open, path, mode) end
  done = done + tries(function() return io.lines(path)() end) + tries(by_input, path)
  done = done + tries(dofile, path) + (loadfile(path) and 1 or 0)
  local attributes = lfs.attributes(path)
  print(attributes and attributes.mode)
  if attributes and attributes.mode == 'file' then done = done + 1 end
  done = done + tries(entries, path) + tries(lfs.lock_dir, path) + tries(lfs.chdir, path)
  lfs.chdir('/')
  return done
end

-- Every way to change.
function change(path)
  local done = 0
  for _, mode in ipairs {'w', 'w+', 'r+'} do done = done + tries(io.open, path, mode) end
  done = done + tries(lfs.mkdir, path) + tries(lfs.touch, path) + tries(lfs.touch, path, 1, 1)
  done = done + tries(os.rename, '/data/file', path) + tries(os.rename, path, '/data/taken')
  return done + tries(os.remove, path) + tries(lfs.rmdir, path)
end
