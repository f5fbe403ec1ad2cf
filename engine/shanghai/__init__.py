"""Shanghai's monthly plate auctions as they were published: 204 months, four figures each."""

from engine.shanghai.months import Doubt, Month, MonthsFault, published, read_months

__all__ = ["Doubt", "Month", "MonthsFault", "published", "read_months"]
