-- Tables as arrays: the sieve of Eratosthenes, and a product of matrices.
local function primes(limit)
  local composite, count = {}, 0
  for n = 2, limit do composite[n] = false end
  for n = 2, limit do
    if not composite[n] then
      count = count + 1
      for multiple = n * n, limit, n do composite[multiple] = true end
    end
  end
  return count
end

local function matrix(size, seed)
  local rows = {}
  for i = 1, size do
    local row = {}
    for j = 1, size do row[j] = (i * seed + j) % 17 end
    rows[i] = row
  end
  return rows
end

local function product(a, b, size)
  local rows = {}
  for i = 1, size do
    local row, left = {}, a[i]
    for j = 1, size do
      local sum = 0
      for k = 1, size do sum = sum + left[k] * b[k][j] end
      row[j] = sum
    end
    rows[i] = row
  end
  return rows
end

local c = product(matrix(96, 3), matrix(96, 5), 96)
local trace = 0
for i = 1, 96 do trace = trace + c[i][i] end
return primes(300000) * 1000000 + trace
