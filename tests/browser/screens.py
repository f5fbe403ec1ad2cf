"""Pages in front of people: opened as they open them, watched for what nobody should see."""

import json
import shutil
from dataclasses import dataclass, field
from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, WebSocket, expect

from tests.browser.house import House

CHROMIUM: Final = shutil.which("chromium") or "/usr/bin/chromium"
NOT_THE_PAGE: Final = (
    # As Playwright has it; of two lists Chromium reads the last only.
    *(
        "AvoidUnnecessaryBeforeUnloadCheckSync",
        "DestroyProfileOnBrowserClose",
        "HttpsUpgrades",
        "LensOverlay",
        "MediaRouter",
    ),
    *(
        "HttpsFirstBalancedModeAutoEnable",
        "PaintHolding",
        "ThirdPartyStoragePartitioning",
        "OptimizationHints",
        "AimEnabled",
    ),
    *("AvoidCorsURLLoaderRestartOnRedirect", "NetworkTimeServiceQuerying", "PreconnectToSearch"),
    # Parts of the browser's window that are pages themselves, loaded again for every visitor.
    *("PreloadTopChromeWebUI", "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "InitialWebUI", "WebUIReloadButton"),
)
CHROMIUM_FLAGS: Final = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    f"--disable-features={','.join(NOT_THE_PAGE)}",
]
WITHIN_MS: Final = 15_000
"""So long a busy machine may take to show something."""

PHONE: Final = (390, 844)
DESK: Final = (1366, 768)
WALL: Final = (1920, 1080)

VIOLATIONS: Final = """
window.violations = [];
addEventListener("securitypolicyviolation", (event) => window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
"""

DRAWN: Final = """
new Promise((done) => {
  requestAnimationFrame(() => requestAnimationFrame(done));
  setTimeout(done, 1000);
})
"""

CUT_OFF: Final = ("net::ERR_CONNECTION_REFUSED", "net::ERR_INTERNET_DISCONNECTED")
"""What the browser itself writes while the house is away; no page can help it."""


@dataclass(frozen=True, slots=True)
class Screen:
    """One page in a browser of its own, and all it was told and complained of."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    """Frames from the house."""

    sent: list[str] = field(default_factory=list)
    """Frames to the house."""

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    def see(self, selector: str, text: str | None = None, *, many: int | None = None) -> Locator:
        """Wait until ``selector`` is there, with ``text`` in it."""
        found = self.page.locator(selector)
        if many is not None:
            expect(found).to_have_count(many)
        elif text is None:
            expect(found.first).to_be_visible()
        else:
            expect(found.first).to_contain_text(text)
        return found

    def miss(self, selector: str) -> None:
        """Wait until nothing answers to ``selector``."""
        expect(self.page.locator(selector)).to_have_count(0)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def asked(self, kind: str) -> list[dict[str, Any]]:
        """The frames of ``kind`` sent so far."""
        return [frame for frame in map(json.loads, self.sent) if frame["type"] == kind]

    def text(self) -> str:
        """All that stands on the page, attributes too."""
        return self.page.content()

    def assert_calm(self) -> None:
        """No error in the console, no exception, nothing that the content policy had to stop."""
        assert self.complaints == []
        assert self.page.evaluate("window.violations") == []


def open_screen(
    browser: Browser, size: tuple[int, int] = DESK, *, scheme: str = "light", context: BrowserContext | None = None
) -> Screen:
    """An empty page, in a browser that knows nobody unless it shares a ``context``."""
    context = context or new_context(browser, size, scheme=scheme)
    screen = Screen(context.new_page())

    def on_console(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not any(known in message.text for known in CUT_OFF):
            screen.complaints.append(message.text)

    def on_socket(socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: screen.heard.append(str(frame)))
        socket.on("framesent", lambda frame: screen.sent.append(str(frame)))

    screen.page.on("console", on_console)
    screen.page.on("pageerror", lambda error: screen.complaints.append(str(error)))
    screen.page.on("websocket", on_socket)
    return screen


def new_context(browser: Browser, size: tuple[int, int], *, scheme: str = "light", scale: float = 1) -> BrowserContext:
    """A browser of somebody's own."""
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=scale,
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
        locale="zh-CN",
    )
    context.add_init_script(VIOLATIONS)
    context.set_default_timeout(WITHIN_MS)
    return context


def enter(screen: Screen, house: House, view: str, token: str | None = None, *, lang: str = "zh-CN") -> Screen:
    """Open a page of the sale and wait until it is connected."""
    screen.page.goto(house.page(view, token, lang=lang))
    screen.see(".connection-live")
    return screen


def resize(screen: Screen, width: int, height: int) -> None:
    """Change the window, and wait until the page has been laid out anew."""
    screen.page.set_viewport_size({"width": width, "height": height})
    screen.page.wait_for_function("(width) => innerWidth === width", arg=width)
    laid_out(screen)


def laid_out(screen: Screen) -> None:
    """Wait until what has changed is drawn; a browser that draws nothing for a second has nothing to draw."""
    screen.page.evaluate(DRAWN)
