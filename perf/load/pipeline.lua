-- Sends so many requests at once as the first argument says, and the next ones when all are answered.
local batch

function init(args)
    local one = wrk.format("GET")
    batch = string.rep(one, tonumber(args[1]))
end

function request()
    return batch
end
