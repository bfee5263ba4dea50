-- Counts what was answered otherwise than with 200: wrk itself takes everything below 400 for an answer.
local threads = {}
other = 0

function setup(thread)
  table.insert(threads, thread)
end

function response(status)
  if status ~= 200 then other = other + 1 end
end

function done()
  for _, thread in ipairs(threads) do io.write("Other than 200: ", thread:get("other"), "\n") end
end
