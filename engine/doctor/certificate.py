"""Does TLS work, for which names, and until when?"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from engine.certificates import Certificate, CertificateTrouble, check_pair, read_certificate
from engine.doctor.finding import Finding, fault, ok, warning

NEAR_DAYS: Final = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """What is set, and what was found there."""

    certificate: Certificate | None
    """None without TLS, or where it cannot be read."""

    trouble: str | None
    """Why TLS cannot work, in English."""

    host: str
    near: bool
    """Whether only this machine can reach the port."""


def look(certificate: str, key: str, host: str) -> Tls:
    """Read the files that the settings name."""
    near = host in {"127.0.0.1", "::1", "localhost"}
    if not certificate:
        return Tls(certificate=None, trouble=None, host=host, near=near)
    try:
        found = read_certificate(Path(certificate))
        check_pair(Path(certificate), Path(key))
    except CertificateTrouble as trouble:
        return Tls(certificate=None, trouble=str(trouble), host=host, near=near)
    return Tls(certificate=found, trouble=None, host=host, near=near)


def judge(tls: Tls, now: datetime) -> Finding:
    """What that means."""
    if tls.trouble is not None:
        return fault("tls", f"证书不能使用：{tls.trouble}", f"TLS cannot work: {tls.trouble}.")
    if tls.certificate is None and tls.near:
        return ok(
            "tls",
            "本端口不加密，仅本机可达：对外须由前置代理提供 TLS。",
            "The port speaks plain HTTP and only this machine reaches it: a proxy in front must speak TLS to others.",
        )
    if tls.certificate is None:
        return warning(
            "tls",
            f"端口在 {tls.host} 上不加密：除非前面有 TLS 代理，否则凭证会被旁人看到。",
            f"The port speaks plain HTTP on {tls.host}: unless a proxy speaks TLS in front, others can read tokens.",
        )
    names, left = tls.certificate.names, tls.certificate.days_left(now)
    facts = {"names": list(names), "ends": tls.certificate.ends.isoformat(), "days_left": left}
    if now < tls.certificate.begins:
        return fault(
            "tls", "证书尚未生效：请核对时钟。", "The certificate is not good yet: look at the clock.", **facts
        )
    if left < 0:
        return fault(
            "tls", "证书已过期：请换新证书。", "The certificate has expired: put a new one in its place.", **facts
        )
    if not names:
        return fault(
            "tls",
            "证书未写明适用的网址，浏览器不会接受：请换证书。",
            "The certificate names no host, and no browser takes it: use another.",
            **facts,
        )
    if left < NEAR_DAYS:
        return warning(
            "tls",
            f"证书还有 {left} 天到期（{'、'.join(names)}）：请及时更换。",
            f"The certificate ends in {left} day(s) ({', '.join(names)}): renew it in time.",
            **facts,
        )
    return ok(
        "tls",
        f"证书与私钥相符，还有 {left} 天到期（{'、'.join(names)}）。",
        f"Certificate and key fit; {left} days are left ({', '.join(names)}).",
        **facts,
    )
