-- The script that wrk runs: it sends each request of standard input once, and checks every answer.
-- Its arguments: the length of a request, the length of an answer (0: as long as the first), and the
-- words in each answer.

local thread

function setup(only)
  thread = only
end

function init(arguments)
  length, bytes, words = tonumber(arguments[1]), tonumber(arguments[2]), arguments[3]
  requests = io.read("*a")
  asked, wrong = 0, 0
end

-- After the last request the first comes again; `asked` then shows that there were too few.
function request()
  local before = asked * length % #requests
  asked = asked + 1
  return requests:sub(before + 1, before + length)
end

function response(status, _, body)
  if bytes == 0 then
    bytes = #body
  end
  if status ~= 200 or #body ~= bytes or not body:find(words, 1, true) then
    wrong = wrong + 1
  end
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.timeout
  print(string.format(
    '{"requests":%d,"microseconds":%d,"median":%d,"slowest_hundredth":%d,"asked":%d,"wrong":%d}',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    thread:get("asked"), thread:get("wrong") + failed
  ))
end
