"""The server's side of OAuth 1.0a (RFC 5849): whether a request is signed with a channel's keys."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from publisher.sandbox.harness import Request, token

PARAMETERS = frozenset(
    f"oauth_{name}" for name in ("consumer_key", "token", "signature_method", "timestamp", "nonce", "signature")
)


def is_signed(request: Request) -> bool:
    """Whether the Authorization header is complete, names the channel's keys and proves that it holds their secrets."""
    from oauthlib.common import Request as Signed
    from oauthlib.oauth1.rfc5849 import signature, utils

    header = request.headers.get("authorization", "")
    try:
        claims = dict(utils.parse_authorization_header(header))
    except ValueError:
        return False
    if not _is_complete(claims) or not _names_keys(claims, request.channel):
        return False
    method: Any = request.method
    signed: Any = Signed(request.url, http_method=method)
    signed.params = signature.collect_parameters(
        uri_query=urlsplit(request.url).query, headers={"Authorization": header}
    )
    signed.signature = utils.unescape(claims["oauth_signature"])
    secrets = token(request.channel, "consumer_secret"), token(request.channel, "access_token_secret")
    return bool(signature.verify_hmac_sha1(signed, *secrets))


def _is_complete(claims: dict[str, str]) -> bool:
    return (
        claims.keys() >= PARAMETERS
        and claims["oauth_signature_method"] == "HMAC-SHA1"
        and claims["oauth_timestamp"].isdigit()
        and claims.get("oauth_version", "1.0") == "1.0"
    )


def _names_keys(claims: dict[str, str], channel: str) -> bool:
    named = claims["oauth_consumer_key"], claims["oauth_token"]
    return named == (token(channel, "consumer_key"), token(channel, "access_token"))
