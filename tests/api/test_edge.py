"""The edge, over raw sockets: what is refused and closed, what is limited, and how answers look."""

import email.utils
import json
import os
import socket
import struct
import threading
import time
import uuid

import pytest

from edge_cases import BYTES_REFUSED, GET, HOST, POST, REFUSED, Raw, request
from support.daemon import ROOT

GOOD = b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.fixture
def raw(live):
    made = []

    def make():
        made.append(Raw(live.daemon.port))
        return made[-1]

    yield make
    for one in made:
        one.socket.close()


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


@pytest.mark.parametrize("wrong", REFUSED)
def test_what_follows_a_refused_request_is_never_run(live, raw, wrong):
    officer = live.tokens["OFFICER"]
    smuggled = request(
        "POST /v1/placements HTTP/1.1", HOST, "Authorization: Bearer " + officer, "Content-Type: application/json",
        f"Idempotency-Key: {uuid.uuid4()}", "Content-Length: 2", body=b"{}")
    data, expected = REFUSED[wrong]
    one = raw()
    before = handled(live)
    status, _, _ = one.send(data + smuggled + GOOD).answer(head_only=data.startswith(b"HEAD"))
    assert status == expected
    assert one.ends()
    assert handled(live) - before == 1  # the second look at the figures, and nothing else


@pytest.mark.parametrize("where", BYTES_REFUSED)
def test_no_byte_that_may_not_stand_there_is_let_through(live, raw, where):
    pattern, wrong = BYTES_REFUSED[where]
    before = handled(live)
    for byte in wrong:
        data = request(GET, HOST, pattern % byte) if pattern else request(b"GET /li%cvez HTTP/1.1" % byte, HOST)
        one = raw()
        status, headers, _ = one.send(data + GOOD).answer()
        assert (status, headers["connection"]) == (400, "close"), byte
        assert one.ends()
    assert handled(live) - before == 1


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


def test_connection_close_http_1_0_and_an_upgrade_end_it(raw):
    for data in (request(GET, HOST, "Connection: close"), request("GET /livez HTTP/1.0", HOST),
                 request(GET, HOST, "Connection: upgrade", "Upgrade: h2c")):
        one = raw()
        status, headers, _ = one.send(data + GOOD).answer()
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


PIPELINED = 10000


def send_apart(one, data, after=lambda: None):
    """Sends from a thread of its own, for whoever only sends is sooner or later waited for; a reset ends it."""
    def run():
        try:
            one.socket.sendall(data)
            after()
        except OSError:
            pass

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


@pytest.fixture(scope="module")
def shipped(make_house, entered, sink):
    """A house with the release build, where there is one: its memory is what it uses, and no sanitizer's."""
    house = make_house(sink)
    release = os.path.join(ROOT, "build/release/concordatd")
    if os.path.exists(release):
        house.daemon.binary = release
    house.start_as(entered)
    yield house
    try:
        house.stop()
    finally:
        house.daemon.kill9()
        house.cluster.drop_database(house.database)


def memory_kib(house):
    with open(f"/proc/{house.daemon.process.pid}/status", encoding="ascii") as file:
        return int(next(line for line in file if line.startswith("VmHWM:")).split()[1])


def test_ten_thousand_requests_on_one_connection_are_answered_in_order(shipped):
    before = memory_kib(shipped)
    paths = ["/livez", "/nothing"] * (PIPELINED // 2)
    with Raw(shipped.daemon.port) as one:
        sender = send_apart(one, b"".join(request(f"GET {path} HTTP/1.1", HOST) for path in paths))
        assert [one.answer()[0] for _ in paths] == [200, 404] * (PIPELINED // 2)
        sender.join(10)
        assert one.send(GOOD).answer()[0] == 200
    if "release" in shipped.daemon.binary:
        assert memory_kib(shipped) - before < 16 * 1024


def test_who_sends_ten_thousand_and_reads_none_is_held_back_and_forgotten_when_gone(shipped):
    before = memory_kib(shipped)
    heavy = request("GET /openapi.json HTTP/1.1", HOST, "X: " + "y" * 4000) * PIPELINED
    one = Raw(shipped.daemon.port)
    one.socket.setblocking(False)
    sent, quiet_since = 0, time.monotonic()
    while time.monotonic() - quiet_since < 0.5:
        try:
            sent += one.socket.send(heavy[sent:sent + 65536])
            quiet_since = time.monotonic()
        except BlockingIOError:
            shipped.client("OFFICER").get("/livez")  # it serves the others
    assert sent < len(heavy)  # what is not taken stays with the sender
    if "release" in shipped.daemon.binary:
        assert memory_kib(shipped) - before < 16 * 1024
    one.socket.close()
    wait_until(lambda: open_connections(shipped) == 1)  # ours


def test_who_leaves_in_the_middle_of_ten_thousand_is_forgotten(shipped):
    for leave in (lambda s: s.close(), lambda s: s.shutdown(socket.SHUT_RD), reset):
        one = Raw(shipped.daemon.port)
        sender = send_apart(one, GOOD * PIPELINED)
        assert [one.answer()[0] for _ in range(100)] == [200] * 100
        leave(one.socket)
        one.socket.close()
        sender.join(10)
    wait_until(lambda: open_connections(shipped) == 1)
    assert shipped.client("OFFICER").get("/livez").status == 200


def reset(sock):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def open_connections(house):
    return figures(house)["concordat_http_connections_open"]


def wait_until(holds, seconds=60):
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come to be in time"


def test_a_head_that_trickles_is_ended_after_ten_seconds(raw):
    """The real deadline of the daemon; the others are shown with shorter ones by the unit tests of the edge."""
    begun = time.monotonic()
    one = raw().send(GET.encode() + b"\r\nX: ")
    one.socket.settimeout(0.25)
    while True:
        try:
            one.send(b"y")
            if not one._more():
                break
        except (socket.timeout, BrokenPipeError, ConnectionResetError):
            assert time.monotonic() - begun < 60
            continue
        if b"\r\n\r\n" in one.buffer:
            break
    assert one.buffer.startswith(b"HTTP/1.1 408 ") and 9 < time.monotonic() - begun < 60


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
    assert live.client("OFFICER").get("/v1/placements").status == 200  # while they wait
    for one in held:
        assert one.send(GOOD[-2:]).answer()[0] == 200
