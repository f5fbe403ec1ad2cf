-- The rule of the naive auctions, whole: a bid is a step above the price. KEYS: price, bids. ARGV: amount, least first bid, step, the bid.
local price = redis.call('GET', KEYS[1])
local least = price and tonumber(price) + tonumber(ARGV[3]) or tonumber(ARGV[2])
if tonumber(ARGV[1]) < least then
  return 0
end
redis.call('SET', KEYS[1], ARGV[1])
redis.call('RPUSH', KEYS[2], ARGV[4])
redis.call('PUBLISH', 'hall', ARGV[4])
return 1
