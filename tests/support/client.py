"""A small client of the REST API for tests and the demo: one party's view.

It does what every caller must: a token, a fresh Idempotency-Key on each POST, and
the party's own version of the placement in If-Match on each move. Each of these can
be given, to test what happens when it is wrong.
"""

import http.client
import json as json_format
import urllib.parse
import uuid


class Unexpected(AssertionError):
    """An answer with another status than the caller expected; says what was asked and answered."""


class Response:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers  # an email.message.Message: names compare without case
        self.body = body

    @property
    def text(self):
        return self.body.decode("utf-8")

    @property
    def json(self):
        return json_format.loads(self.body)

    @property
    def code(self):
        """The `code` of a problem, or None."""
        if "application/problem+json" in self.headers.get("Content-Type", ""):
            return self.json.get("code")
        return None

    def __repr__(self):
        return f"<{self.status} {self.body[:2000].decode('utf-8', 'replace')}>"


class Client:
    def __init__(self, base_url, token=None, timeout=60):
        self.address = urllib.parse.urlsplit(base_url)
        self.token = token
        self.timeout = timeout
        self.connection = None

    def as_(self, token):
        """The same service, asked by somebody else."""
        return Client(self.address.geturl(), token, self.timeout)

    def close(self):
        if self.connection:
            self.connection.close()
            self.connection = None

    def request(self, method, path, body=None, headers=None, expect=None):
        """body: anything JSON can hold, or bytes to send as they are. A header of None is left out."""
        sent = {"Accept": "application/json"}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        data = body
        if body is not None and not isinstance(body, bytes):
            data = json_format.dumps(body, ensure_ascii=False).encode("utf-8")
        if data is not None:
            sent["Content-Type"] = "application/json"
        sent.update(headers or {})
        sent = {name: value for name, value in sent.items() if value is not None}
        response = self._exchange(method, path, data, sent)
        if expect is not None and response.status not in (expect if isinstance(expect, tuple) else (expect,)):
            raise Unexpected(f"{method} {path} {body!r}\nexpected {expect}, got {response!r}")
        return response

    def _exchange(self, method, path, data, headers):
        # A connection kept alive may have been closed since; a new one is tried once then.
        kept = self.connection is not None
        if not kept:
            self.connection = http.client.HTTPConnection(
                self.address.hostname, self.address.port, timeout=self.timeout
            )
        try:
            self.connection.request(method, path, data, headers)
            answer = self.connection.getresponse()
            return Response(answer.status, answer.headers, answer.read())
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            self.close()
            # Safe: a GET changes nothing, and a POST repeats its Idempotency-Key.
            if kept:
                return self._exchange(method, path, data, headers)
            raise
        except Exception:
            self.close()
            raise

    # -- Verbs

    def get(self, path, expect=200, headers=None, **query):
        if query:
            path += "?" + urllib.parse.urlencode(query)
        return self.request("GET", path, headers=headers, expect=expect)

    def post(self, path, body, expect=None, headers=None):
        headers = {"Idempotency-Key": f'"{uuid.uuid4()}"', **(headers or {})}
        return self.request("POST", path, body, headers, expect)

    def pages(self, path, **query):
        """Every item of a list, page after page."""
        page = self.get(path, **query).json
        while True:
            yield from page["items"]
            if not page.get("next"):
                return
            page = self.get(path, **{**query, "after": page["next"]}).json

    # -- Placements

    def open_placement(self, expect=201, **body):
        return self.post("/v1/placements", body, expect)

    def placement(self, placement_id, **query):
        return self.get(f"/v1/placements/{placement_id}", **query).json

    def version(self, placement_id):
        """This party's version of the placement now: `v7`."""
        version = self.placement(placement_id)["version"]
        return f"v{version}" if isinstance(version, int) else version

    def move(self, placement_id, move, body=None, expect=200, version=None, key=None):
        """Makes a move against the placement as it is now, or against the version given.

        The version is read afresh each time: the other side may have moved since.
        """
        version = version or self.version(placement_id)
        headers = {"If-Match": f'"{version}"'}
        if key:
            headers["Idempotency-Key"] = f'"{key}"'
        path = f"/v1/placements/{placement_id}/moves"
        return self.post(path, {"move": move, **(body or {})}, expect, headers)

    def allowed_moves(self, placement_id):
        """The names of the moves this party may make now."""
        allowed = self.placement(placement_id)["allowed_moves"]
        return [entry["move"] if isinstance(entry, dict) else entry for entry in allowed]
