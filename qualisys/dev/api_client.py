"""The public API as one of its consumers uses it."""

from typing import Any

import requests


class ApiRefusal(Exception):
    """The API answered with an error; its code and message are in the text."""


class ApiClient:
    """One person on one tenant's host.

    The host goes in a header, because not every machine resolves names below `localhost`.
    """

    def __init__(self, port: int, host: str) -> None:
        self._base = f"http://127.0.0.1:{port}/api/v1"
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["Host"] = f"{host}:{port}"

    def log_in(self, email: str, password: str) -> None:
        """Use this person's token from now on."""
        tokens = self.call("POST", "/auth/token", {"email": email, "password": password})
        self._session.headers["Authorization"] = f"Bearer {tokens['access']}"

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Return what the API answers, None where it has no content; ApiRefusal for an error."""
        answer = self.ask(method, path, body)
        if answer.ok:
            return answer.json() if answer.content else None
        said = answer.json()
        raise ApiRefusal(f"{method} {path} answered {answer.status_code} {said['error']}: {said['message']}")

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> requests.Response:
        """Return the API's answer, whatever it is."""
        return self._session.request(method, f"{self._base}{path}", json=body, timeout=30)

    def exists(self, path: str) -> bool:
        """Return whether there is something to get at this path."""
        return self._session.get(f"{self._base}{path}", timeout=30).ok

    def readiness(self) -> tuple[int, dict[str, str]]:
        """Return the status of /readyz, and the reason of each thing that is away."""
        answer = self._session.get(f"{self._base.removesuffix('/api/v1')}/readyz", timeout=30)
        checks = answer.json()["checks"]
        return answer.status_code, {name: check["reason"] for name, check in checks.items() if not check["ready"]}

    def project_named(self, name: str) -> dict[str, Any]:
        """Return the project of that name, made if there is none."""
        for project in self.call("GET", "/projects?limit=200")["results"]:
            if project["name"] == name:
                found: dict[str, Any] = project
                return found
        made: dict[str, Any] = self.call("POST", "/projects", {"name": name})
        return made
