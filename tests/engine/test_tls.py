"""A whole engine that speaks TLS: page and socket, and a goodbye that arrives."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
import trio

from engine.app import Engine
from engine.certificates import CertificateTrouble
from engine.cluster.settings import ClusterSettings
from engine.config import Config
from engine.domain.parties import Principal
from engine.notice import Notice
from engine.room.folder import DataFolder
from tests.engine.house import act
from tests.gateway.saleroom import SALE, Browser, admissions, an_announcement
from tests.gateway.trial import Trial, a_trial

NOTICE = Notice(announce=an_announcement(), admissions=admissions(4), terms=(), officers=(Principal("auctioneer:1"),))


def settings(certificate: Path, key: Path) -> Config:
    config = Config()
    return replace(config, http=replace(config.http, port=0, tls_certificate=str(certificate), tls_key=str(key)))


@asynccontextmanager
async def viewer(trial: Trial, url: str, ticket: str | None = None) -> AsyncIterator[Browser]:
    parts = urlsplit(url)
    assert parts.port is not None
    async with await trial.connect(parts.port) as stream:
        browser = Browser(stream, f"wss://{parts.netloc}/api/sales/{SALE}/socket")
        await browser.shake_hands()
        await browser.send({"type": "hello", "protocol": 1, **({"ticket": ticket} if ticket else {})})
        await browser.until("picture")
        yield browser


async def test_a_sale_is_held_over_https_and_wss_and_ends_with_1001_and_no_socket_goes_to_a_gateway(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    trial = a_trial(tmp_path)
    config = replace(settings(trial.certificate, trial.key), cluster=ClusterSettings(gateways=2))
    engine = await Engine.open(DataFolder(tmp_path / "data"), [NOTICE], config)
    assert "gateways_not_started" in [record.message for record in caplog.records]
    assert "gateways" not in engine.sales.ready()[1]
    with trio.fail_after(30):
        async with trio.open_nursery() as nursery:
            serving = await nursery.start(engine.run)
            assert serving.url.startswith("https://")
            async with httpx2.AsyncClient(base_url=serving.url, verify=trial.trusting()) as http:
                page = await http.get(f"/sales/{SALE}/hall")
                assert page.status_code == 200
                token = engine.token(Principal("auctioneer:1"), SALE, 60)
                asked = await http.post(f"/api/sales/{SALE}/ticket", headers={"authorization": f"Bearer {token}"})
            ticket = asked.json()["ticket"]
            async with viewer(trial, serving.url, ticket) as rostrum, viewer(trial, serving.url) as public:
                opened = await act(rostrum, type="open_sale", id="open-sale")
                assert "accepted" in opened["outcome"]
                await public.until("record")
                engine.stop()
                assert await public.end() == 1001
                assert await rostrum.end() == 1001


@pytest.mark.parametrize("wrong", ["certificate", "key"])
async def test_a_pair_that_does_not_fit_is_said_before_anything_is_announced(tmp_path: Path, wrong: str) -> None:
    trial, other = a_trial(tmp_path), tmp_path / "other"
    other.mkdir()
    stranger = a_trial(other)
    config = (
        settings(stranger.certificate, trial.key)
        if wrong == "certificate"
        else settings(trial.certificate, stranger.key)
    )
    with pytest.raises(CertificateTrouble, match="is not the key of"):
        await Engine.open(DataFolder(tmp_path / "data"), [NOTICE], config)
    assert not (tmp_path / "data").exists()


async def test_a_browser_without_our_authority_is_not_served(tmp_path: Path) -> None:
    trial = a_trial(tmp_path)
    engine = await Engine.open(DataFolder(tmp_path / "data"), [NOTICE], settings(trial.certificate, trial.key))
    with trio.fail_after(30):
        async with trio.open_nursery() as nursery:
            serving = await nursery.start(engine.run)
            async with httpx2.AsyncClient(base_url=serving.url, verify=ssl.create_default_context()) as http:
                with pytest.raises(httpx2.ConnectError):
                    await http.get("/")
            engine.stop()
