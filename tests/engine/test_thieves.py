"""The nightly thieves, in small: one tender, of which no thief with one share reads a price."""

from tests.articles import article
from tests.engine import thieves


@article("34")
def test_a_thief_with_the_data_folder_and_one_share_reads_nothing_before_the_deadline() -> None:
    figures = thieves.many(1, lambda _words: None)
    assert figures["wrong"] == figures["read_with_one_share"] == 0
    assert figures["thieves"] == 3 * figures["bids"]
    assert figures["secrets_tried"] > 10_000
