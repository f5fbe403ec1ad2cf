"""Where Sentinels say which Redis is in force, a failover is followed, and nothing acknowledged is lost with the old one."""

from pathlib import Path

import pytest

from tests.cluster.failover import guarded_in, meet
from tests.cluster.ring import ring_at

pytestmark = [
    pytest.mark.redis,
    pytest.mark.timeout(180),
    # Where the other side dies between TCP's handshake and that of TLS, Python's own ssl module leaves the socket to the collector.
    pytest.mark.filterwarnings("ignore:unclosed <ssl.SSLSocket:ResourceWarning"),
]


async def test_the_primary_is_killed_under_load_over_tls_with_the_users_of_the_guide_and_the_replica_takes_its_place(
    tmp_path: Path,
) -> None:
    with ring_at(tmp_path, guarded=guarded_in(tmp_path)) as ring:
        await meet(ring)
