"""LinkedIn's versioned REST API behind python-linkedin-v2's own extension point.

The SDK of 2018 sends the token in the address, knows no versions and has no call that posts; its `make_request` is
meant to be replaced, and its errors name the status.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from linkedin_v2.exceptions import get_exception_for_error_code
from linkedin_v2.linkedin import LinkedInApplication
from requests import Response

from publisher.delivery.wire import Session
from publisher.errors import Rejected
from publisher.model import Json


class Rest(LinkedInApplication):  # type: ignore[misc]  # the SDK ships no types
    """An application of one token and one version, speaking through one session."""

    def __init__(self, token: str, version: str, session: Session) -> None:
        super().__init__(token=token)
        self._version, self._session = version, session

    def make_request(
        self,
        method: str,
        url: str,
        data: Mapping[str, Json] | bytes | None = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> Response:
        """The network's answer. Raises the SDK's own exception for a status of 300 or more."""
        response = self._session.request(
            method,
            self.BASE_URL + url if url.startswith("/") else url,
            data=data if data is None or isinstance(data, bytes) else json.dumps(data, ensure_ascii=False).encode(),
            params=params,
            headers={
                "Authorization": f"Bearer {self.authentication.token.access_token}",
                "LinkedIn-Version": self._version,
                "X-Restli-Protocol-Version": "2.0.0",
                "Content-Type": "application/json",
                **(headers or {}),
            },
            timeout=timeout,
        )
        if response.status_code >= 300:
            raise get_exception_for_error_code(response.status_code)(f"HTTP {response.status_code}")
        return response

    def create(self, path: str, body: Mapping[str, Json]) -> str:
        """The id of what was made, which LinkedIn gives in a header. Raises KeyError where it is missing."""
        return self.make_request("POST", path, data=body, headers={"X-RestLi-Method": "CREATE"}).headers["x-restli-id"]

    def read(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        """The JSON at that path; with `q` among the parameters, what LinkedIn's finder of that name finds."""
        method = "FINDER" if params and "q" in params else "GET" if params is None else "GET_ALL"
        return self.make_request("GET", path, params=params, headers={"X-RestLi-Method": method}).json()

    def update(self, path: str, patch: Mapping[str, Json], params: Mapping[str, str] | None = None) -> None:
        """Changes the fields that the patch names, and no others."""
        headers = {"X-RestLi-Method": "PARTIAL_UPDATE"}
        self.make_request("POST", path, data={"patch": dict(patch)}, params=params, headers=headers)

    def delete(self, path: str, params: Mapping[str, str] | None = None) -> None:
        """Deletes what is at that path."""
        self.make_request("DELETE", path, params=params, headers={"X-RestLi-Method": "DELETE"})

    def upload(self, owner: str, content: bytes, mime: str) -> str:
        """The URN of an image of `owner`, now at LinkedIn. Raises Rejected for an address that is not LinkedIn's."""
        wish: dict[str, Json] = {"initializeUploadRequest": {"owner": owner}}
        asked = self.make_request("POST", "/rest/images", data=wish, params={"action": "initializeUpload"})
        value = asked.json()["value"]
        address, host = str(value["uploadUrl"]), urlsplit(str(value["uploadUrl"])).hostname or ""
        if not (address.startswith("https://") and f".{host}".endswith(".linkedin.com")):
            raise Rejected(f"LinkedIn asks to send the picture to {host or 'nowhere'}, which is not its own")
        self.make_request("PUT", address, data=content, headers={"Content-Type": mime})
        return str(value["image"])
