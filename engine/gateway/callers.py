"""Who asks over HTTP, as the token says that he shows."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request

from engine.domain.parties import Principal, Role, role_of
from engine.gateway.limits import Limits
from engine.gateway.requests import address_of
from engine.gateway.sales import Sales
from engine.gateway.tokens import AuthInvalid, Credential, Tokens, bearer
from engine.meters import Meters


@dataclass(frozen=True, slots=True, kw_only=True)
class Callers:
    """All who ask about a sale."""

    sales: Sales
    tokens: Tokens
    limits: Limits
    meters: Meters
    now: Callable[[], float]
    """Seconds since 1970, for tokens."""

    def shown(self, request: Request) -> Credential:
        """
        Who shows a token; one that is refused is counted.

        Raises:
            AuthInvalid: It is not good, or there is none.

        """
        sale = request.path_params["sale"]
        try:
            return self.tokens.credential(bearer(request.headers.getlist("authorization")), sale, self.now())
        except AuthInvalid:
            if not self.sales.veiled(sale):
                self.meters.token_refused()
            raise

    def bearer_of(self, request: Request) -> Principal:
        """
        Who shows a token. Who shows a bad one spends what a ticket would have cost him.

        Raises:
            AuthInvalid: It is not good, or there is none.

        """
        try:
            return self.shown(request).principal
        except AuthInvalid:
            self.limits.ticket(address_of(request))
            raise

    def is_officer(self, request: Request) -> bool:
        """
        Whether who asks has shown an officer's token. Without a token he is one of the public.

        Raises:
            AuthInvalid: He has shown one that is not good, or no officer's.

        """
        if "authorization" not in request.headers:
            return False
        if role_of(self.shown(request).principal) in {Role.BIDDER, Role.TRUSTEE}:
            raise AuthInvalid
        return True
