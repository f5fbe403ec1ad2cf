"""N like plates in one sale: everybody offers, the highest offers win (额度拍卖)."""
