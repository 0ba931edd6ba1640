--- expect: output
-- io.write of growing pieces, every error caught.
local piece = "x"
while true do pcall(io.write, piece) if #piece < 1 << 16 then piece = piece .. piece end end
