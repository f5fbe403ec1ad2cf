"""An endpoint is tried from the command line."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner

from engine.cli import app
from tests.webhooks.receiver import SECRET


@pytest.mark.parametrize(("status", "code", "said"), [(204, 0, "已送达"), (404, 1, "status_404")])
def test_a_ping_is_posted_and_what_became_of_it_is_said(tmp_path: Path, status: int, code: int, said: str) -> None:
    heads: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heads.append({name.lower(): value for name, value in self.headers.items()})
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        url = f"http://127.0.0.1:{server.server_port}/"
        settings = tmp_path / "luochui.toml"
        settings.write_text(f'[webhooks]\nurls = ["{url}"]\nsecrets = ["{SECRET}"]\n')
        serving = threading.Thread(target=server.handle_request)
        serving.start()
        done = CliRunner().invoke(app, ["webhooks", "test", url, "--config", str(settings)])
        serving.join()
    assert (done.exit_code, said in done.output) == (code, True), done.output
    assert heads[0]["webhook-signature"].startswith("v1,")
    other = CliRunner().invoke(app, ["webhooks", "test", "https://example.cn/", "--config", str(settings)])
    assert other.exit_code == 2
    assert SECRET not in CliRunner().invoke(app, ["config", "show", "--config", str(settings)]).output
