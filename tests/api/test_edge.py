"""The edge, over raw sockets: what is refused and closed, what is limited, and how answers look."""

import email.utils
import json
import socket
import time
import uuid

import pytest

SECONDS = 10
GOOD = b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"


class Raw:
    """One connection; answers are read by their Content-Length."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), SECONDS)
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)
        return self

    def _more(self):
        try:
            got = self.socket.recv(65536)
        except ConnectionResetError:
            got = b""
        self.buffer += got
        return bool(got)

    def answer(self, head_only=False):
        """(status, {lower-case name: value}, body)"""
        while b"\r\n\r\n" not in self.buffer:
            assert self._more(), f"the connection ended early: {self.buffer!r}"
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        lines = head.decode("ascii").split("\r\n")
        version, status, phrase = lines[0].split(" ", 2)
        assert version == "HTTP/1.1" and phrase
        headers = {}
        for line in lines[1:]:
            name, value = line.split(": ", 1)
            assert name.lower() not in headers, f"{name} stands twice"
            headers[name.lower()] = value
        size = 0 if head_only or int(status) < 200 else int(headers.get("content-length", 0))
        while len(self.buffer) < size:
            assert self._more(), "the body ended early"
        body, self.buffer = self.buffer[:size], self.buffer[size:]
        return int(status), headers, body

    def ends(self):
        """Whether the server closes now, and sends nothing more."""
        while self._more():
            pass
        return self.buffer == b""


@pytest.fixture
def raw(live):
    made = []

    def make():
        made.append(Raw(live.daemon.port))
        return made[-1]

    yield make
    for one in made:
        one.socket.close()


def request(*lines, body=b""):
    return b"\r\n".join(line if isinstance(line, bytes) else line.encode() for line in lines) + b"\r\n\r\n" + body


HOST = "Host: a"
GET = "GET /livez HTTP/1.1"
POST = "POST /v1/placements HTTP/1.1"
REFUSED = {
    # what is wrong: (bytes, status)
    "no host": (request(GET), 400),
    "two hosts": (request(GET, HOST, HOST), 400),
    "two equal hosts, other case": (request(GET, HOST, "hOST: a"), 400),
    "empty host": (request(GET, "Host:"), 400),
    "host with a path": (request(GET, "Host: a/b"), 400),
    "bare line feed": (b"GET /livez HTTP/1.1\nHost: a\n\n", 400),
    "bare line feed at the end": (b"GET /livez HTTP/1.1\r\nHost: a\r\n\n", 400),
    "bare carriage return": (b"GET /livez HTTP/1.1\r\nHost: a\rX: b\r\n\r\n", 400),
    "NUL in a header": (request(GET, HOST, b"X: a\0b"), 400),
    "control byte in a header": (request(GET, HOST, b"X: a\x01b"), 400),
    "DEL in a header": (request(GET, HOST, b"X: a\x7fb"), 400),
    "space before the colon": (request(GET, "Host : a"), 400),
    "tab before the colon": (request(GET, HOST, "X\t: a"), 400),
    "empty header name": (request(GET, HOST, ": a"), 400),
    "no colon": (request(GET, HOST, "X"), 400),
    "folded header": (request(GET, HOST, "X: a", " b"), 400),
    "first header folded": (request(GET, " Host: a"), 400),
    "content-length twice": (request(POST, HOST, "Content-Length: 2", "Content-Length: 2", body=b"{}"), 400),
    "content-length twice, different": (request(POST, HOST, "Content-Length: 2", "Content-Length: 3"), 400),
    "content-length list": (request(POST, HOST, "Content-Length: 2, 2", body=b"{}"), 400),
    "content-length signed": (request(POST, HOST, "Content-Length: +2", body=b"{}"), 400),
    "content-length negative": (request(POST, HOST, "Content-Length: -2"), 400),
    "content-length hex": (request(POST, HOST, "Content-Length: 0x2", body=b"{}"), 400),
    "content-length empty": (request(POST, HOST, "Content-Length:"), 400),
    "content-length with a space inside": (request(POST, HOST, "Content-Length: 1 2"), 400),
    "content-length above the limit": (request(POST, HOST, "Content-Length: 262145"), 413),
    "content-length of 2^64": (request(POST, HOST, "Content-Length: 18446744073709551616"), 413),
    "length and coding": (
        request(POST, HOST, "Content-Length: 5", "Transfer-Encoding: chunked", body=b"0\r\n\r\n"), 400),
    "coding gzip": (request(POST, HOST, "Transfer-Encoding: gzip, chunked"), 501),
    "coding identity": (request(POST, HOST, "Transfer-Encoding: identity"), 501),
    "coding chunked twice": (request(POST, HOST, "Transfer-Encoding: chunked, chunked"), 501),
    "coding with a vertical tab": (request(POST, HOST, b"Transfer-Encoding: \x0bchunked"), 400),
    "two codings": (request(POST, HOST, "Transfer-Encoding: chunked", "Transfer-Encoding: chunked"), 400),
    "coding in HTTP/1.0": (request("POST /v1/placements HTTP/1.0", HOST, "Transfer-Encoding: chunked"), 400),
    "body on GET": (request(GET, HOST, "Content-Length: 1", body=b"x"), 400),
    "chunked body on GET": (request(GET, HOST, "Transfer-Encoding: chunked", body=b"0\r\n\r\n"), 400),
    "body on HEAD": (request("HEAD /livez HTTP/1.1", HOST, "Content-Length: 1", body=b"x"), 400),
    "chunk extension": (request(POST, HOST, "Transfer-Encoding: chunked", body=b"2;a=b\r\n{}\r\n0\r\n\r\n"), 400),
    "chunk size with a space": (request(POST, HOST, "Transfer-Encoding: chunked", body=b"2 \r\n{}\r\n0\r\n\r\n"), 400),
    "chunk size signed": (request(POST, HOST, "Transfer-Encoding: chunked", body=b"+2\r\n{}\r\n0\r\n\r\n"), 400),
    "chunk size 0x": (request(POST, HOST, "Transfer-Encoding: chunked", body=b"0x2\r\n{}\r\n0\r\n\r\n"), 400),
    "chunk with bare line feed": (request(POST, HOST, "Transfer-Encoding: chunked", body=b"2\n{}\n0\n\n"), 400),
    "chunk longer than said": (request(POST, HOST, "Transfer-Encoding: chunked", body=b"1\r\n{}\r\n0\r\n\r\n"), 400),
    "trailer": (request(POST, HOST, "Transfer-Encoding: chunked", body=b"0\r\nX: y\r\n\r\n"), 400),
    "chunk bomb": (request(POST, HOST, "Transfer-Encoding: chunked", body=b"ffffffff\r\n"), 413),
    "chunks above the limit": (
        request(POST, HOST, "Transfer-Encoding: chunked", body=b"30000\r\n" + b"x" * 0x30000 + b"\r\n20000\r\n"), 413),
    "HTTP/0.9": (b"GET /livez\r\n\r\n", 400),
    "HTTP/1.2": (request("GET /livez HTTP/1.2", HOST), 505),
    "HTTP/2.0": (request("GET /livez HTTP/2.0", HOST), 505),
    "HTTP/2 preface": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    "lower-case version": (request("GET /livez http/1.1", HOST), 400),
    "two spaces before the target": (request("GET  /livez HTTP/1.1", HOST), 400),
    "two spaces before the version": (request("GET /livez  HTTP/1.1", HOST), 400),
    "tab for a space": (request("GET\t/livez HTTP/1.1", HOST), 400),
    "absolute form": (request("GET http://a/livez HTTP/1.1", HOST), 400),
    "authority form": (request("CONNECT a:443 HTTP/1.1", HOST), 400),
    "connect with a path": (request("CONNECT /livez HTTP/1.1", HOST), 400),
    "asterisk form": (request("OPTIONS * HTTP/1.1", HOST), 400),
    "two slashes at the head": (request("GET //livez HTTP/1.1", HOST), 400),
    "control byte in the target": (request(b"GET /liv\x01ez HTTP/1.1", HOST), 400),
    "non-ASCII byte in the target": (request(b"GET /liv\xc3\xa9 HTTP/1.1", HOST), 400),
    "NUL in the target": (request("GET /livez%00 HTTP/1.1", HOST), 400),
    "NUL in the query": (request("GET /livez?a=%00 HTTP/1.1", HOST), 400),
    "fragment in the target": (request("GET /livez#a HTTP/1.1", HOST), 400),
    "backslash in the target": (request("GET /\\livez HTTP/1.1", HOST), 400),
    "malformed escape in the path": (request("GET /%zz HTTP/1.1", HOST), 400),
    "TLS on the plain port": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 40, 400),
    "unknown method": (request("BREW /livez HTTP/1.1", HOST), 501),
    "expectation": (request(POST, HOST, "Expect: something", "Content-Length: 2"), 417),
    "authorization twice": (request(GET, HOST, "Authorization: Bearer a", "Authorization: Bearer b"), 400),
    "idempotency key twice": (request(POST, HOST, "Idempotency-Key: a", "Idempotency-Key: b"), 400),
    "65 headers": (request(GET, HOST, *[f"X-{n}: y" for n in range(64)]), 431),
    "head above 8 KiB": (request(GET, HOST, "X: " + "y" * 8192), 431),
    "target above 2 KiB": (request("GET /" + "a" * 2048 + " HTTP/1.1", HOST), 414),
}


@pytest.mark.parametrize("wrong", REFUSED)
def test_what_is_not_plainly_one_request_is_refused_and_the_connection_closed(raw, wrong):
    data, status = REFUSED[wrong]
    answer, headers, body = raw().send(data).answer(head_only=data.startswith(b"HEAD"))
    assert answer == status
    assert headers["connection"] == "close"
    assert headers["content-type"] == "application/problem+json"
    if not data.startswith(b"HEAD"):
        problem = json.loads(body)
        assert problem["status"] == status and problem["code"] and problem["detail"] and problem["request_id"]


@pytest.mark.parametrize("wrong", [
    "no host", "content-length list", "length and coding", "coding gzip", "body on GET", "chunk extension", "trailer",
    "bare line feed at the end",
])
def test_what_follows_a_refused_request_is_never_run(live, raw, wrong):
    officer = live.tokens["OFFICER"].encode()
    body = b"{}"
    smuggled = (b"POST /v1/placements HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + officer + b"\r\n"
                b"Content-Type: application/json\r\nIdempotency-Key: " + str(uuid.uuid4()).encode() + b"\r\n"
                b"Content-Length: 2\r\n\r\n" + body)
    one = raw()
    before = handled(live)
    status, _, _ = one.send(REFUSED[wrong][0] + smuggled).answer()
    assert status == REFUSED[wrong][1]
    assert one.ends()
    assert handled(live) - before == 1  # the second look at the figures, and nothing else


def figures(house):
    text = house.client("OFFICER").get("/metrics").text
    return {line.split(" ")[0]: float(line.split(" ")[1]) for line in text.splitlines() if not line.startswith("#")}


def handled(house):
    return figures(house)["concordat_http_requests_total"]


def test_the_limits_themselves_are_let_through(live, raw):
    assert raw().send(request(GET, HOST, *[f"X-{n}: y" for n in range(63)])).answer()[0] == 200
    head = request(GET, HOST, "X: ")
    assert raw().send(request(GET, HOST, "X: " + "y" * (8192 - len(head)))).answer()[0] == 200
    assert raw().send(request("GET /" + "a" * 2047 + " HTTP/1.1", HOST)).answer()[0] == 404
    body = b'{"a":"' + b"x" * (262144 - 8) + b'"}'
    assert len(body) == 262144
    answer = live.client("OFFICER").post("/v1/placements", body)
    assert answer.status == 400


def test_a_body_above_the_limit_is_refused_before_it_is_read(raw):
    one = raw()
    status, headers, _ = one.send(request(POST, HOST, "Content-Length: 262145", "Expect: 100-continue")).answer()
    assert (status, headers["connection"]) == (413, "close")
    assert one.ends()


def test_a_client_that_waits_for_100_continue_gets_it(live, raw):
    one = raw()
    one.send(request(
        POST, HOST, "Authorization: Bearer " + live.tokens["OFFICER"], "Content-Type: application/json",
        f"Idempotency-Key: {uuid.uuid4()}", "Expect: 100-continue", "Content-Length: 2"))
    assert one.answer()[0] == 100
    assert one.send(b"{}").answer()[0] == 400


def test_a_chunked_body_is_taken(live, raw):
    one = raw().send(request(
        POST, HOST, "Authorization: Bearer " + live.tokens["OFFICER"], "Content-Type: application/json",
        f"Idempotency-Key: {uuid.uuid4()}", "Transfer-Encoding: chunked", body=b"1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"))
    assert one.answer()[0] == 400


def test_a_request_that_comes_byte_by_byte_is_answered(raw):
    one = raw()
    for at in range(len(GOOD)):
        one.send(GOOD[at:at + 1])
    assert one.answer()[0] == 200


def test_requests_follow_one_another_on_one_connection(raw):
    one = raw()
    for _ in range(5):
        status, headers, body = one.send(GOOD).answer()
        assert (status, body) == (200, b'{"live":true}')
        assert headers["connection"] == "keep-alive" and "timeout=" in headers["keep-alive"]


def test_connection_close_and_http_1_0_end_it(raw):
    for data in (request(GET, HOST, "Connection: close"), request("GET /livez HTTP/1.0", HOST)):
        one = raw()
        status, headers, _ = one.send(data).answer()
        assert (status, headers["connection"]) == (200, "close")
        assert one.ends()


def test_a_pipeline_is_answered_in_order(raw):
    one = raw()
    paths = ["/livez", "/nothing", "/openapi.json", "/readyz"] * 25
    one.send(b"".join(request(f"GET {path} HTTP/1.1", HOST) for path in paths))
    found = []
    for _ in paths:
        status, _, body = one.answer()
        found.append((status, body[:8]))
    assert found[:4] == [(200, b'{"live":'), (404, b'{"type":'), (200, b'{"openap'), (200, b'{"ready"')]
    assert found == found[:4] * 25


def test_a_client_that_stops_sending_still_gets_its_answers(raw):
    one = raw().send(GOOD + GOOD)
    one.socket.shutdown(socket.SHUT_WR)
    assert [one.answer()[0], one.answer()[0]] == [200, 200]
    assert one.ends()


@pytest.mark.parametrize("path", ["/livez", "/openapi.json", "/nothing"])
def test_head_is_get_without_the_body(raw, path):
    one = raw()
    got = one.send(request(f"GET {path} HTTP/1.1", HOST)).answer()
    asked = one.send(request(f"HEAD {path} HTTP/1.1", HOST)).answer(head_only=True)
    assert asked[0] == got[0]
    assert asked[1]["content-length"] == got[1]["content-length"] == str(len(got[2]))
    assert one.send(GOOD).answer()[0] == 200  # nothing of a body is left in between


def test_head_works_behind_a_token_too(live):
    answer = live.client("OFFICER").request("HEAD", "/v1/placements")
    assert (answer.status, answer.body) == (200, b"")


@pytest.mark.parametrize("method, path, allow", [
    ("POST", "/livez", "GET, HEAD"),
    ("DELETE", "/v1/placements", "GET, HEAD, POST"),
    ("GET", "/v1/placements/x/moves", "POST"),
    ("PUT", "/v1/placements/x", "GET, HEAD"),
    ("PATCH", "/v1/placements/x/facts", "GET, HEAD"),
    ("GET", "/v1/tokens", "POST"),
    ("POST", "/v1/tokens/x", "DELETE"),
    ("OPTIONS", "/v1/obligations", "GET, HEAD"),
])
def test_another_method_is_405_with_those_allowed(live, method, path, allow):
    answer = live.client("OFFICER").request(method, path, b"{}" if method != "GET" else None)
    assert (answer.status, answer.headers["Allow"]) == (405, allow)
    assert problem_of(answer)["code"] == "method"


@pytest.mark.parametrize("path", [
    "/", "/v1", "/v1/", "/v2/placements", "/v1/placements/", "/v1/Placements", "/v1/placements/x/y", "/v1/%70lacements",
    "/livez/", "/favicon.ico", "/v1/cost-models/a/b/c/d", "/v1/../v1/placements", "/problems/",
])
def test_an_unknown_path_is_404(live, path):
    answer = live.client("OFFICER").request("GET", path)
    assert answer.status == 404
    assert problem_of(answer)["code"] == "not_found"


def test_a_caller_that_accepts_no_json_is_told_406(live):
    officer = live.client("OFFICER")
    for accept in ("text/html", "application/xml;q=1", "image/*", "application/json;q=0", "*/*;q=0.000",
                   "application/json; q=0, */*", "text/html, application/json;Q=0.0", "application/*;q=0, */*;q=1",
                   "application/jsonx", "xapplication/json"):
        assert problem_of(officer.request("GET", "/v1/placements", headers={"Accept": accept}))["status"] == 406
    for accept in ("*/*", "application/*", "Application/JSON", "text/html, application/json;q=0.1", None,
                   "*/*;q=0, application/json", "application/json;q=0.001", "application/json;charset=utf-8;q=1",
                   "application/problem+json"):
        assert officer.request("GET", "/v1/placements", headers={"Accept": accept}).status == 200


def test_several_accept_lines_are_one_list(live, raw):
    token = "Authorization: Bearer " + live.tokens["OFFICER"]
    get = "GET /v1/placements HTTP/1.1"
    for lines, status in ((["Accept: text/html", "Accept: application/json"], 200),
                          (["Accept: text/html", "Accept: image/*"], 406),
                          (["Accept: */*", "Accept: application/json;q=0"], 406)):
        assert raw().send(request(get, HOST, token, *lines)).answer()[0] == status, lines


def test_if_match_is_one_strong_version(live, raw):
    case = live.journey("opened")
    version = case.see()["version"]
    path = f"/v1/placements/{case.id}/moves"
    for value in (f'"{version}", "v99"', f'"{version}-abc", "v99"', f'"v99", "{version}"', f'W/"{version}"', "*", f'"{version}',
                  version, '"v"', '""', '"v-1"'):
        answer = live.client("OFFICER").post(path, {"move": "withdraw", "reason": "funding"}, None, {"If-Match": value})
        assert (answer.status, problem_of(answer)["code"]) == (400, "if_match"), value
    body = b'{"move":"withdraw","reason":"funding"}'
    status, headers, _ = raw().send(request(
        f"POST {path} HTTP/1.1", HOST, "Authorization: Bearer " + live.tokens["OFFICER"], "Content-Type: application/json",
        f"Idempotency-Key: {uuid.uuid4()}", f'If-Match: "{version}"', f'If-Match: "{version}"',
        f"Content-Length: {len(body)}", body=body)).answer()
    assert (status, headers["connection"]) == (400, "close")
    assert case.fact_count() == 1


def test_a_body_that_is_not_json_by_its_type_is_415(live):
    officer = live.client("OFFICER")
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "application/jsonx", "", None):
        answer = officer.post("/v1/placements", b"{}", headers={"Content-Type": content_type})
        assert problem_of(answer)["status"] == 415, content_type
    for content_type in ("application/json", "application/json; charset=utf-8", "Application/JSON"):
        assert officer.post("/v1/placements", b"{}", headers={"Content-Type": content_type}).status == 400


def problem_of(answer):
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json
    assert problem["status"] == answer.status
    assert problem["type"].endswith("/problems/" + problem["code"])
    assert problem["title"] and problem["detail"].endswith((".", "..."))
    assert uuid.UUID(problem["request_id"]).version == 7
    assert answer.headers["X-Request-Id"] == problem["request_id"]
    return problem


@pytest.mark.parametrize("ask", [
    lambda c: c.request("GET", "/nothing"),
    lambda c: c.request("PUT", "/livez"),
    lambda c: c.request("GET", "/v1/placements", headers={"Accept": "text/html"}),
    lambda c: c.request("GET", "/v1/placements", headers={"Authorization": None}),
    lambda c: c.request("GET", "/v1/placements/" + str(uuid.uuid4())),
    lambda c: c.request("GET", "/v1/placements?nothing=1"),
    lambda c: c.request("GET", "/v1/placements?stage=nowhere"),
    lambda c: c.post("/v1/placements", b"{"),
    lambda c: c.post("/v1/placements", {}),
    lambda c: c.post("/v1/placements", {}, headers={"Idempotency-Key": None}),
    lambda c: c.post("/v1/organisations", {}),
])
def test_every_problem_has_the_same_shape(live, ask):
    answer = ask(live.client("OFFICER"))
    assert 400 <= answer.status < 500
    problem_of(answer)


def test_a_problems_type_is_a_page_we_serve(live):
    officer = live.client("OFFICER")
    kind = officer.request("GET", "/v1/placements?nothing=1").json["type"]
    page = officer.request("GET", "/problems/" + kind.rsplit("/", 1)[1])
    assert page.status == 200 and page.headers["Content-Type"].startswith("text/plain")


def test_every_answer_says_its_length_date_and_how_to_keep_it(live):
    officer = live.client("OFFICER")
    for path in ("/livez", "/openapi.json", "/v1/placements", "/nothing"):
        answer = officer.request("GET", path)
        assert int(answer.headers["Content-Length"]) == len(answer.body)
        sent = email.utils.parsedate_to_datetime(answer.headers["Date"])
        assert answer.headers["Date"].endswith(" GMT") and abs(sent.timestamp() - time.time()) < 5
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert uuid.UUID(answer.headers["X-Request-Id"])


def test_answers_differ_in_their_request_id(live):
    officer = live.client("OFFICER")
    assert len({officer.get("/livez").headers["X-Request-Id"] for _ in range(20)}) == 20


def test_a_query_parameter_that_is_unknown_twice_or_malformed_is_400(live):
    officer = live.client("OFFICER")
    for query in ("nothing=1", "limit=1&limit=1", "q=%zz", "q=%ff", "q=%2", "&&=", "limit", "%6cimit=1"):
        answer = officer.request("GET", "/v1/placements?" + query)
        assert answer.status == 400, query
        assert problem_of(answer)["code"] in ("query", "query_unknown")


def test_the_trace_of_the_caller_reaches_the_log(live):
    trace = f"00-{uuid.uuid4().hex}-00f067aa0ba902b7-01"
    live.client("OFFICER").request("GET", "/v1/placements", headers={"traceparent": trace})
    line = live.daemon.wait_for_line(lambda line: line.get("traceparent") == trace)
    assert line["message"] == "request" and line["status"] == "200" and line["route"] == "/v1/placements"


def test_a_hundred_half_requests_do_not_stop_the_others(live, raw):
    held = [raw().send(GOOD[:-2]) for _ in range(100)]
    begun = time.monotonic()
    assert live.client("OFFICER").get("/v1/placements").status == 200
    assert time.monotonic() - begun < 2
    for one in held:
        assert one.send(GOOD[-2:]).answer()[0] == 200
