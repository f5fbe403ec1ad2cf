"""What is answered over HTTP, on a real port."""

import csv
import io
import re
from collections.abc import AsyncIterator
from pathlib import Path

import orjson
import pytest
import trio

from engine.gateway import qr
from engine.gateway.http import HttpSettings
from engine.gateway.limits import LimitSettings
from engine.gateway.pages import OF_A_QUOTA, PUBLISHED, VIEWS
from engine.gateway.shelf import Shelf
from engine.gateway.site import PageSettings
from engine.wire import spreadsheet
from engine.wire.refusals import Fault
from tests.gateway.doorstep import RECORDS, Pages, pages, request, upgrade

WEB = Path(__file__).resolve().parents[2] / "web"

FILES = {
    "shared/page.html": "<!doctype html><p>{view}",
    "shared/base.css": "p {}",
    "shared/store.js": "export {};",
    "shared/locales/zh-CN.json": "{}",
    "shared/icon.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
    "vendor/lit.js": "export {};",
    "vendor/lit.d.ts": "export {};",
    "vendor/README.md": "notes",
    "vendor/LICENSE.txt": "licence",
    "tests/store.test.js": "no",
    "node_modules/lit/lit.js": "no",
    "shared/.hidden.js": "no",
    ".git/x.js": "no",
    "package.json": "{}",
    "tsconfig.json": "{}",
}


@pytest.fixture
def web(tmp_path: Path) -> Path:
    folder = tmp_path / "web"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    (tmp_path / "secret.js").write_text("no", encoding="utf-8")
    (folder / "shared" / "link.js").symlink_to(tmp_path / "secret.js")
    return folder


@pytest.fixture
async def house(tmp_path: Path, web: Path) -> AsyncIterator[Pages]:
    async with pages(tmp_path, web) as house:
        yield house


# Pages and files.


@pytest.mark.parametrize(
    ("path", "kind", "text"),
    [
        ("/", "text/html; charset=utf-8", "<!doctype html><p>index"),
        ("/?lang=en", "text/html; charset=utf-8", "<!doctype html><p>index"),
        ("/sales/s1/hall", "text/html; charset=utf-8", "<!doctype html><p>hall"),
        ("/sales/s1/bidder?lang=zh-CN", "text/html; charset=utf-8", "<!doctype html><p>bidder"),
        ("/sales/s1/rostrum", "text/html; charset=utf-8", "<!doctype html><p>rostrum"),
        ("/sales/s1/record", "text/html; charset=utf-8", "<!doctype html><p>record"),
        ("/sales/s1/figures", "text/html; charset=utf-8", "<!doctype html><p>figures"),
        ("/figures", "text/html; charset=utf-8", "<!doctype html><p>series"),
        ("/board", "text/html; charset=utf-8", "<!doctype html><p>board"),
        ("/quota", "text/html; charset=utf-8", "<!doctype html><p>quota-months"),
        ("/shanghai", "text/html; charset=utf-8", "<!doctype html><p>shanghai"),
        ("/api?lang=en", "text/html; charset=utf-8", "<!doctype html><p>api"),
        ("/api/openapi.json", "application/json", (PUBLISHED / "openapi.json").read_text("utf-8")),
        ("/api/asyncapi.json", "application/json", (PUBLISHED / "asyncapi.json").read_text("utf-8")),
        ("/web/shared/base.css", "text/css; charset=utf-8", "p {}"),
        ("/web/shared/store.js", "text/javascript; charset=utf-8", "export {};"),
        ("/web/shared/locales/zh-CN.json", "application/json", "{}"),
        ("/web/shared/icon.svg", "image/svg+xml", FILES["shared/icon.svg"]),
        ("/web/vendor/LICENSE.txt", "text/plain; charset=utf-8", "licence"),
    ],
)
async def test_a_page_or_file_is_sent_as_what_it_is(house: Pages, path: str, kind: str, text: str) -> None:
    said = await house.step.ask(f"GET {path}")
    assert (said.status, said.headers["content-type"], said.body.decode()) == (200, kind, text)
    assert said.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "/sales/s2/hall", "/sales/s1/kiosk", "/sales/s2/kiosk",
        "/sales/s1/panel", "/sales/s1/hall/", "/sales/s1", "/sales/", "//", "/index.html", "/favicon.ico",
        "/web/", "/web", "/web/shared", "/web/shared/", "/web/shared/nothing.js", "/web/package.json", "/web/tsconfig.json",
        "/web/tests/store.test.js", "/web/node_modules/lit/lit.js", "/web/vendor/lit.d.ts", "/web/vendor/README.md",
        "/web/shared/.hidden.js", "/web/.git/x.js", "/web/shared/link.js", "/web/../secret.js", "/web/shared/../../secret.js",
        "/web/%2e%2e/secret.js", "/web/..%2fsecret.js", "/web/shared/..%2f..%2f..%2fsecret.js", "/web//etc/passwd",
        "/web/%2fetc/passwd", "/web/shared/base.css%00", "/web/shared/base.css/", "/web/SHARED/base.css", "/web/shared\\base.css",
        "/web/./shared/base.css", "/web/shared//base.css", "/web/C:/secret.js", "/%00", "/%ff", "/..", "/sales/%2e%2e/hall",
        "/api/sales/", "/api/sales/s2", "/api/sales/s1/",
        "/api/sales/s2/record", "/api/sales/s2/export.jsonl", "/api/sales/s2/bids.csv",
        "/api/sales/s2/lots.csv", "/api/sales/S1", "/docs", "/openapi.json",
        "/quota/", "/api/quota/", "/api/quota.json", "/shanghai/", "/api/shanghai/", "/api/shanghai.json",
        "/figures/", "/sales/s2/figures", "/api/figures/", "/api/sales/s2/figures", "/api/sales/s2/figures.json",
        "/api/sales/s2/figures/lots.csv", "/api/sales/s1/figures/paddles.csv", "/api/sales/s1/figures/lots",
        "/api/sales/s1/figures/records", "/api/sales/s1/figures/records?of=bids.phone",
        "/api/sales/s2/figures/records?of=bids.hall",
    ],
)  # fmt: skip
async def test_what_is_not_there_is_not_there(house: Pages, path: str) -> None:
    said = await house.step.ask(f"GET {path}")
    assert (said.status, said.code) == (404, Fault.NOT_FOUND)


async def test_a_file_the_browser_has_is_not_sent_again(house: Pages) -> None:
    caller = await house.step.call()
    first = await caller.ask("GET /web/shared/base.css")
    etag = first.headers["etag"]
    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        again = await caller.ask("GET /web/shared/base.css", f"If-None-Match: {known}")
        assert (again.status, again.headers["etag"], again.body) == (304, etag, b"")
    assert (await caller.ask("GET /web/shared/base.css", 'If-None-Match: "other"')).status == 200


async def test_a_file_changed_on_disk_is_sent_as_it_is_now(house: Pages, web: Path) -> None:
    before = await house.step.ask("GET /sales/s1/hall")
    (web / "shared" / "page.html").write_text("<!doctype html><p>new {view}", encoding="utf-8")
    after = await house.step.ask("GET /sales/s1/hall", f"If-None-Match: {before.headers['etag']}")
    assert (after.status, after.body) == (200, b"<!doctype html><p>new hall")
    (web / "shared" / "page.html").unlink()
    assert (await house.step.ask("GET /sales/s1/hall")).body == b"<!doctype html><p>new hall"


@pytest.mark.parametrize(("view", "served"), [(view, OF_A_QUOTA.get(view, view)) for view in VIEWS])
async def test_a_quota_sale_has_pages_of_its_own_at_the_addresses_of_every_sale(
    house: Pages, view: str, served: str
) -> None:
    house.sales.kind = "quota"
    assert (await house.step.ask(f"GET /sales/s1/{view}")).body == f"<!doctype html><p>{served}".encode()


async def test_pages_share_a_shell_and_a_browser_does_not_take_one_for_another(house: Pages) -> None:
    hall = await house.step.ask("GET /sales/s1/hall")
    record = await house.step.ask("GET /sales/s1/record", f"If-None-Match: {hall.headers['etag']}")
    assert (record.status, record.body) == (200, b"<!doctype html><p>record")
    again = await house.step.ask("GET /sales/s1/record", f"If-None-Match: {record.headers['etag']}")
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize("view", ["index", *VIEWS, *sorted({*OF_A_QUOTA.values()})])
def test_every_page_has_the_style_and_the_script_its_shell_asks_for(view: str) -> None:
    shelf = Shelf(WEB)
    shell = shelf.get("shared/page.html")
    assert shell is not None
    for name in re.findall(r'"/web/([^"]+)"', shell.content.decode().replace("{view}", view)):
        assert shelf.get(name) is not None, name


# The address of the record, for telephones.


async def test_the_hall_shows_the_address_of_the_record_as_a_picture(house: Pages) -> None:
    said = await house.step.ask("GET /sales/s1/record.svg", "Host: sale.example.cn:8000")
    assert (said.status, said.headers["content-type"]) == (200, "image/svg+xml")
    assert said.body == qr.svg("http://sale.example.cn:8000/sales/s1/record")
    assert said.headers["cache-control"] == "no-store", "another may know the house by another name"


async def test_the_picture_says_the_name_the_house_was_given(tmp_path: Path, web: Path) -> None:
    async with pages(tmp_path, web, settings=PageSettings(public_url="https://sale.example.cn")) as house:
        said = await house.step.ask("GET /sales/s1/record.svg", "X-Forwarded-Host: evil.example")
    assert said.body == qr.svg("https://sale.example.cn/sales/s1/record")


async def test_the_picture_is_not_made_for_a_sale_or_a_house_nobody_knows(house: Pages) -> None:
    assert (await house.step.ask("GET /sales/s2/record.svg")).code == Fault.NOT_FOUND
    evil = ("X-Forwarded-Host: evil.example", "X-Forwarded-Proto: https")
    said = await house.step.ask("GET /sales/s1/record.svg", "Host: sale.example.cn", *evil)
    assert said.body == qr.svg("http://sale.example.cn/sales/s1/record")


def test_a_code_is_black_on_white_with_its_margin_whatever_the_page_looks_like() -> None:
    picture = qr.svg("https://sale.example.cn/sales/s1/record").decode()
    assert 'fill="#fff"' in picture
    assert 'stroke="#000"' in picture
    assert "script" not in picture


def test_the_real_pages_are_on_the_shelf_and_nothing_private_is() -> None:
    shelf = Shelf(WEB)
    for name in (
        "shared/page.html",
        "hall/hall.js",
        "shared/base.css",
        "vendor/lit.js",
        "shared/locales/zh-CN.json",
    ):
        assert shelf.get(name) is not None, name
    assert not [name for name in shelf._books if re.search(r"(^|/)(tests|node_modules|package|tsconfig|\.)", name)]
    assert len(shelf) < 500


async def test_a_file_that_cannot_be_read_any_more_is_sent_as_it_was(house: Pages, web: Path) -> None:
    (web / "shared" / "base.css").unlink()
    (web / "shared" / "base.css").mkdir()
    assert (await house.step.ask("GET /web/shared/base.css")).body == b"p {}"


# Headers on everything.


@pytest.mark.parametrize(
    "start",
    [
        "GET /", "HEAD /", "GET /sales/s1/hall", "GET /web/shared/base.css", "GET /api/sales", "GET /api/sales/s1/bids.csv",
        "GET /nothing", "POST /", "GET /healthz", "GET /metrics", "POST /api/sales/s1/ticket", "GET *", "GET / HTTP/9.9",
    ],
)  # fmt: skip
async def test_every_answer_says_what_a_browser_may_do_with_it(house: Pages, start: str) -> None:
    said = await house.step.ask(start)
    headers = said.headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cross-origin-embedder-policy"] == "require-corp"
    assert "camera=()" in headers["permissions-policy"]
    policy = dict(each.strip().split(" ", 1) for each in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["font-src"] == "'self'"
    assert policy["img-src"] == "'self' data:"
    assert policy["base-uri"] == policy["form-action"] == policy["frame-ancestors"] == "'none'"
    assert policy["require-trusted-types-for"] == "'script'"
    assert policy["trusted-types"] == "lit-html"
    assert policy["connect-src"].startswith("'self'")
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["cache-control"] in {"no-store", "no-cache"}
    assert "date" in headers
    assert not {"server", "access-control-allow-origin", "set-cookie"} & headers.keys()


async def test_a_page_may_open_sockets_to_its_own_house_only(house: Pages) -> None:
    policy = (await house.step.ask("GET /", "Host: sale.example.cn:8000")).headers["content-security-policy"]
    assert "connect-src 'self' ws://sale.example.cn:8000 wss://sale.example.cn:8000;" in policy
    assert (await house.step.ask("GET /", "Host: a;script-src")).status == 400


# The public record.


async def test_the_sales_are_listed(house: Pages) -> None:
    said = await house.step.ask("GET /api/sales")
    assert said.json == house.sales.listing()
    assert (said.headers["content-type"], said.headers["cache-control"]) == ("application/json", "no-store")
    assert (await house.step.ask("GET /api/sales/s1")).json == house.sales.about("s1")


@pytest.mark.parametrize(
    ("query", "asked"),
    [("", (0, 500)), ("?after=7", (7, 500)), ("?after=7&limit=3", (7, 3)),
     ("?limit=99999", (0, 500)), ("?after=999999999999", (999999999999, 500))],
)  # fmt: skip
async def test_the_record_is_read_page_by_page(house: Pages, query: str, asked: tuple[int, int]) -> None:
    said = await house.step.ask(f"GET /api/sales/s1/record{query}")
    assert said.status == 200
    assert house.sales.asked == [asked]
    assert said.json.keys() == {"sale", "key", "epoch", "seq", "head", "records", "commits"}


@pytest.mark.parametrize(
    "query",
    ["after=-1", "after=x", "after=", "after=1.5", "after=1e3", "after=%EF%BC%91", "after=99999999999999999999",
     "limit=0", "limit=-5", "limit=%2B5"],
)  # fmt: skip
async def test_a_page_that_cannot_be_is_not_asked_for(house: Pages, query: str) -> None:
    said = await house.step.ask(f"GET /api/sales/s1/record?{query}")
    assert (said.status, said.code) == (400, Fault.HTTP_MALFORMED)
    assert said.json["detail"]["field"] == query.partition("=")[0]
    assert house.sales.asked == []


async def test_the_whole_record_is_one_json_a_line(house: Pages) -> None:
    said = await house.step.ask("GET /api/sales/s1/export.jsonl")
    assert said.headers["content-disposition"] == 'attachment; filename="s1.jsonl"'
    lines = [orjson.loads(line) for line in said.body.splitlines()]
    assert lines[0] == {"type": "sale", "sale": "s1", "key": "ab", "epoch": 1, "seq": RECORDS, "head": "cd"}
    records = [orjson.loads(line["header"])["seq"] for line in lines if line["type"] == "record"]
    assert records == list(range(1, RECORDS + 1))
    assert [line["first"] for line in lines if line["type"] == "commit"] == [1, 302, 603, 904]
    assert house.sales.asked == [(0, 500), (500, 500), (1000, 500)]


async def test_what_is_recorded_while_the_record_is_sent_is_left_for_the_next_time(house: Pages) -> None:
    real = house.sales.record

    async def growing(sale: str, after: int, limit: int) -> dict[str, object] | None:
        page = await real(sale, after, limit)
        if page is not None and after == 0:
            page["seq"] = 700
        return page

    house.sales.record = growing  # type: ignore[method-assign]
    lines = [orjson.loads(line) for line in (await house.step.ask("GET /api/sales/s1/export.jsonl")).body.splitlines()]
    assert [line["type"] for line in lines].count("record") == 700
    assert [line["first"] for line in lines if line["type"] == "commit"] == [1, 302, 603]


async def test_bids_come_as_a_table_excel_can_open(house: Pages) -> None:
    said = await house.step.ask("GET /api/sales/s1/bids.csv")
    assert said.headers["content-type"] == "text/csv; charset=utf-8"
    assert said.headers["content-disposition"] == 'attachment; filename="s1-bids.csv"'
    assert said.body.startswith(b"\xef\xbb\xbf")
    assert said.body.count(b"\xef\xbb\xbf") == 1
    rows = list(csv.reader(io.StringIO(said.body.decode("utf-8-sig"))))
    assert rows[0][:4] == ["记录序号", "到达时间", "标的", "号牌"]
    assert rows[1][:-1] == ["1", "2027-01-15T08:00:00.123456+00:00", "1", "豫H·88888", "8", "现场", "100", "1.00"]
    assert [int(row[0]) for row in rows[1:]] == list(range(1, RECORDS + 1, 3))
    english = await house.step.ask("GET /api/sales/s1/bids.csv?lang=en")
    assert english.body.decode("utf-8-sig").startswith(
        "seq,arrived_at,lot,plate,bidder,channel,amount_fen,amount_yuan,record_digest\r\n1,"
    )


async def test_lots_come_as_a_table_in_which_nothing_is_a_formula(house: Pages) -> None:
    text = (await house.step.ask("GET /api/sales/s1/lots.csv")).body.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[1] == ["1", "豫H·88888", "10000", "100.00", "成交", "180000050", "1800000.50", "竞买人3", "2"]
    assert rows[2] == ["2", "'=HYPERLINK(1)", "10000", "100.00", "未拍", "", "", "", "2"]


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_a_cell_that_would_be_run_is_only_shown(begin: str) -> None:
    [[cell]] = csv.reader(io.StringIO(spreadsheet.table([[begin + "1+1"]]).decode(), newline=""))
    assert cell == f"'{begin}1+1"


def test_cells_with_commas_and_quotes_come_back_as_they_were() -> None:
    row = ["a,b", 'say "x"', "two\r\nlines", -5, None, "豫H·88888"]
    [cells] = csv.reader(io.StringIO(spreadsheet.table([row]).decode(), newline=""))
    assert cells == ["a,b", 'say "x"', "two\r\nlines", "-5", "", "豫H·88888"]


async def test_only_so_many_read_the_whole_record_at_once(tmp_path: Path, web: Path) -> None:
    async with pages(tmp_path, web, settings=PageSettings(exports_max=1)) as house:
        house.sales.hold = trio.Event()
        first = await house.step.call()
        await first.say(request("GET /api/sales/s1/export.jsonl"))
        while not house.sales.asked:  # noqa: ASYNC110 - nobody else waits for it
            await trio.sleep(0.005)
        said = await house.step.ask("GET /api/sales/s1/bids.csv")
        assert (said.status, said.code) == (503, Fault.BUSY)
        house.sales.hold.set()
        assert (await first.hear()).status == 200
        assert (await house.step.ask("GET /api/sales/s1/bids.csv")).status == 200


async def test_who_leaves_in_the_middle_of_an_export_makes_room(tmp_path: Path, web: Path) -> None:
    async with pages(tmp_path, web, settings=PageSettings(exports_max=1)) as house:
        for _ in range(3):
            house.sales.asked.clear()
            house.sales.hold = trio.Event()
            caller = await house.step.call()
            await caller.say(request("GET /api/sales/s1/export.jsonl"))
            while not house.sales.asked:  # noqa: ASYNC110 - nobody else waits for it
                await trio.sleep(0.005)
            await trio.aclose_forcefully(caller.stream)
            await trio.sleep(0.01)
            house.sales.hold.set()
            await house.step.empties()
        assert (await house.step.ask("GET /api/sales/s1/bids.csv")).status == 200


async def test_an_export_that_fails_is_cut_off_and_not_taken_for_whole(house: Pages) -> None:
    real = house.sales.record

    async def failing(sale: str, after: int, limit: int) -> dict[str, object] | None:
        if after:
            raise RuntimeError("the disk")
        return await real(sale, after, limit)

    house.sales.record = failing  # type: ignore[method-assign]
    caller = await house.step.call()
    with pytest.raises(EOFError):
        await caller.ask("GET /api/sales/s1/export.jsonl")


async def test_an_address_may_read_the_record_so_often(tmp_path: Path, web: Path) -> None:
    async with pages(tmp_path, web, limits=LimitSettings(reads_burst=3)) as house:
        caller = await house.step.call()
        for _ in range(3):
            assert (await caller.ask("GET /api/sales/s1/record?limit=1")).status == 200
        said = await caller.ask("GET /api/sales/s1/record?limit=1")
        assert (said.status, said.code) == (429, Fault.RATE_LIMITED)
        assert said.json["detail"]["after_ms"] <= 50
        assert said.headers["retry-after"] == "1"
        assert (await caller.ask("GET /api/sales/s1")).status == 200


# Getting in.


async def test_a_token_gets_a_ticket_that_lets_its_bearer_in(house: Pages) -> None:
    said = await house.step.ask("POST /api/sales/s1/ticket", f"Authorization: Bearer {house.token()}")
    assert said.status == 200
    assert said.json.keys() == {"ticket", "expires_in_s"}
    assert said.json["expires_in_s"] == 30
    assert said.headers["cache-control"] == "no-store"
    assert house.tickets.use(said.json["ticket"], "s1").principal == "bidder:8"


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "Bearer  "])
async def test_the_scheme_may_be_written_in_any_letters(house: Pages, scheme: str) -> None:
    assert (await house.step.ask("POST /api/sales/s1/ticket", f"Authorization: {scheme} {house.token()}")).status == 200


async def test_without_a_good_token_there_is_no_ticket_and_no_word_why(house: Pages) -> None:
    good = house.token()
    answers = [
        await house.step.ask("POST /api/sales/s1/ticket", *headers)
        for headers in (
            [],
            ["Authorization: "],
            ["Authorization: Bearer"],
            ["Authorization: Bearer x"],
            [f"Authorization: Bearer {good}x"],
            [f"Authorization: Bearer {good} {good}"],
            [f"Authorization: Basic {good}"],
            [f"Authorization: {good}"],
            [f"Authorization: Bearer {good}", f"Authorization: Bearer {good}"],
            [f"Authorization: Bearer {house.token(sale='s2')}"],
            [f"Cookie: token={good}"],
        )
    ]
    assert {(said.status, said.code, said.headers["www-authenticate"]) for said in answers} == {
        (401, Fault.AUTH_INVALID, "Bearer")
    }
    assert len({said.body for said in answers}) == 1
    assert len(house.tickets) == 0


async def test_a_token_in_an_address_is_not_looked_at(house: Pages) -> None:
    assert (await house.step.ask(f"POST /api/sales/s1/ticket?token={house.token()}")).status == 401


async def test_there_is_no_ticket_to_a_sale_that_is_not_there(house: Pages) -> None:
    token = house.token(sale="s2")
    assert (await house.step.ask("POST /api/sales/s2/ticket", f"Authorization: Bearer {token}")).status == 404


@pytest.mark.parametrize(
    "start", ["GET /api/sales/s1/ticket", "PUT /api/sales/s1/ticket", "POST /api/sales", "DELETE /", "POST /metrics"]
)
async def test_another_method_is_refused_and_the_right_one_named(house: Pages, start: str) -> None:
    said = await house.step.ask(start)
    assert (said.status, said.code) == (405, Fault.HTTP_METHOD)
    assert said.headers["allow"] in {"POST", "GET, HEAD", "HEAD, GET"}


async def test_an_address_may_ask_for_tickets_so_often(tmp_path: Path, web: Path) -> None:
    async with pages(tmp_path, web, limits=LimitSettings(tickets_burst=2)) as house:
        caller = await house.step.call()
        for _ in range(2):
            assert (await caller.ask("POST /api/sales/s1/ticket")).status == 401
        said = await caller.ask("POST /api/sales/s1/ticket", f"Authorization: Bearer {house.token()}")
        assert (said.status, said.code) == (429, Fault.RATE_LIMITED)


async def test_the_way_in_for_sockets_says_what_it_is_for(house: Pages) -> None:
    said = await house.step.ask("GET /api/sales/s1/socket")
    assert (said.status, said.code) == (426, Fault.HTTP_UPGRADE)
    assert (said.headers["upgrade"], said.headers["sec-websocket-version"]) == ("websocket", "13")
    caller = await house.step.call()
    await caller.say(upgrade())
    with trio.fail_after(5):
        while not house.step.taken:  # noqa: ASYNC110 - nobody else waits for it
            await trio.sleep(0.005)


# How the house is doing.


async def test_the_house_says_that_it_lives_and_whether_it_serves(house: Pages) -> None:
    assert (await house.step.ask("GET /healthz")).json == {"alive": True}
    assert (await house.step.ask("GET /readyz")).json == {"ready": True, "rooms": {}}
    house.sales.is_ready = False
    said = await house.step.ask("GET /readyz")
    assert (said.status, said.code) == (503, Fault.NOT_READY)
    assert said.json["detail"]["rooms"] == {"s1": "halted"}
    assert (await house.step.ask("GET /healthz")).status == 200


async def test_figures_are_shown_to_this_machine(house: Pages) -> None:
    said = await house.step.ask("GET /metrics")
    assert said.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert 'luochui_connections{role="public"} 7.0' in said.body.decode()
    assert 'luochui_queue_depth{queue="mailbox"} 2.0' in said.body.decode()


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For: 203.0.113.9", "Forwarded: for=203.0.113.9", "X-Real-IP: 203.0.113.9"]
)
async def test_figures_are_not_shown_to_whom_a_proxy_on_this_machine_lets_through(house: Pages, header: str) -> None:
    said = await house.step.ask("GET /metrics", header)
    assert (said.status, said.code) == (403, Fault.HTTP_NOT_LOCAL)


@pytest.mark.parametrize(
    ("address", "status"), [("203.0.113.9", 403), ("10.1.2.3", 200), ("127.0.0.1", 403), ("unknown", 403)]
)
async def test_figures_are_shown_to_addresses_on_the_list(tmp_path: Path, web: Path, address: str, status: int) -> None:
    http = HttpSettings(port=0, trusted_proxies=("127.0.0.1",))
    async with pages(tmp_path, web, settings=PageSettings(metrics_from=("10.0.0.0/8",)), http=http) as house:
        assert (await house.step.ask("GET /metrics", f"X-Forwarded-For: {address}")).status == status


async def test_a_failure_inside_is_answered_in_both_languages(house: Pages) -> None:
    def fails() -> list[dict[str, object]]:
        raise RuntimeError("oh")

    house.sales.listing = fails  # type: ignore[method-assign]
    said = await house.step.ask("GET /api/sales")
    assert (said.status, said.code) == (500, Fault.INTERNAL)
    assert b"oh" not in said.body


# Papers.


async def test_a_paper_is_sent_as_what_it_is(house: Pages) -> None:
    for form, kind in (("pdf", "application/pdf"), ("json", "application/json"), ("csv", "text/csv; charset=utf-8")):
        said = await house.step.ask(f"GET /api/sales/s1/papers/unsold.{form}?lang=en")
        assert (said.status, said.headers["content-type"]) == (200, kind)
        assert said.headers["content-disposition"] == f'attachment; filename="s1-unsold.{form}"'
        assert said.headers["cache-control"] == "no-store"
        assert said.body.decode() == f"unsold {form} en False"


async def test_an_officer_gets_what_is_for_officers(house: Pages) -> None:
    token = f"Authorization: Bearer {house.token('clerk:1')}"
    assert (await house.step.ask("GET /api/sales/s1/papers/record.pdf", token)).body == b"record pdf zh-CN True"
    assert (await house.step.ask("GET /api/sales/s1/papers", token)).json == {"sale": "s1", "officer": True}
    assert (await house.step.ask("GET /api/sales/s1/papers")).json == {"sale": "s1", "officer": False}


@pytest.mark.parametrize("who", ["", "bidder:8", "stranger"])
async def test_nobody_else_gets_it(house: Pages, who: str) -> None:
    tokens = {
        "": (),
        "bidder:8": (f"Authorization: Bearer {house.token('bidder:8')}",),
        "stranger": ("Authorization: x",),
    }
    said = await house.step.ask("GET /api/sales/s1/papers/record.pdf", *tokens[who])
    assert (said.status, said.code) == (401, Fault.AUTH_INVALID)
    other = f"Authorization: Bearer {house.token('clerk:1', sale='s2')}"
    assert (await house.step.ask("GET /api/sales/s1/papers/record.pdf", other)).status == 401


@pytest.mark.parametrize(
    ("name", "status", "fault"),
    [
        ("early.pdf", 409, Fault.PAPER_NOT_YET),
        ("busy.pdf", 503, Fault.BUSY),
        ("fontless.pdf", 503, Fault.FONTS_MISSING),
        ("unsold.exe", 404, Fault.NOT_FOUND),
        ("unsold", 404, Fault.NOT_FOUND),
        ("..%2funsold.pdf", 404, Fault.NOT_FOUND),
    ],
)
async def test_a_paper_that_cannot_be_had_is_refused_with_its_code(
    house: Pages, name: str, status: int, fault: Fault
) -> None:
    said = await house.step.ask(f"GET /api/sales/s1/papers/{name}")
    assert (said.status, said.code) == (status, fault)
    assert (await house.step.ask("GET /api/sales/s2/papers/unsold.pdf")).status == 404
    assert ("retry-after" in said.headers) == (fault in {Fault.PAPER_NOT_YET, Fault.BUSY})
