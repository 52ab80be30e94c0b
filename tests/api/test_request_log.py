"""The log: one line a request, with the trace it belongs to, and nothing of anybody's."""

import json
import re
import socket
import uuid

import pytest

from support.journey import NAME, PERSONAL_WORDS, opening

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = "00f067aa0ba902b7"


def line_of(house, answer):
    """The request's line in the log."""
    wanted = answer.headers["X-Request-Id"]
    return house.daemon.wait_for_line(lambda line: line.get("request_id") == wanted)


def test_a_line_says_what_was_asked_by_whom_and_how_it_went(live):
    case = live.journey("opened")
    answer = live.client("OFFICER").get(f"/v1/placements/{case.id}")
    line = line_of(live, answer)
    assert {name: line[name] for name in ("level", "room", "message", "method", "route", "status", "bytes", "peer")} == {
        "level": "info", "room": "http", "message": "request", "method": "GET", "route": "/v1/placements/{id}",
        "status": "200", "bytes": str(len(answer.body)), "peer": "127.0.0.1"}
    assert line["organisation"] == live.organisations["council"] and line["user"] == live.users["OFFICER"]
    assert re.fullmatch(r"\d+\.\d{3}", line["ms"]) and re.fullmatch(r"[0-9a-f]{32}", line["trace_id"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])


def test_each_request_has_one_line(live):
    client = live.client("OFFICER")
    asked = [client.request("GET", path).headers["X-Request-Id"]
             for path in ("/v1/placements", "/nowhere", "/v1/placements?nothing=1", "/livez", "/metrics")]
    asked += [client.request("DELETE", "/v1/placements").headers["X-Request-Id"],
              client.as_(None).request("GET", "/v1/placements").headers["X-Request-Id"],
              client.request("POST", "/v1/placements", b"{").headers["X-Request-Id"]]
    last = client.get("/livez")
    line_of(live, last)
    assert len(set(asked)) == 8
    for one in asked:
        lines = [line for line in live.daemon.lines if line.get("request_id") == one]
        assert len(lines) == 1 and lines[0]["message"] == "request", one


def test_a_request_that_the_edge_refuses_has_its_line(live):
    with socket.create_connection(("127.0.0.1", live.daemon.port)) as raw:
        raw.sendall(b"GET /v1/placements HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")
        answer = raw.makefile("rb").read().decode()
    assert answer.startswith("HTTP/1.1 400")
    asked = re.search(r"X-Request-Id: (\S+)", answer)[1]
    line = live.daemon.wait_for_line(lambda line: line.get("request_id") == asked)
    assert line["status"] == "400" and "route" not in line and "user" not in line and line["peer"] == "127.0.0.1"


# -- The trace (W3C Trace Context)

@pytest.mark.parametrize("header", [f"00-{TRACE}-{PARENT}-01", f"00-{TRACE}-{PARENT}-00", f"cc-{TRACE}-{PARENT}-01-more"])
def test_a_callers_trace_is_carried_on(live, header):
    line = line_of(live, live.client("OFFICER").get("/v1/placements", headers={"traceparent": header}))
    assert line["trace_id"] == TRACE and line["traceparent"] == header


@pytest.mark.parametrize("header", [
    f"00-{'0' * 32}-{PARENT}-01",           # a trace of zeros is none
    f"00-{TRACE}-{'0' * 16}-01",            # and so is such a parent
    f"ff-{TRACE}-{PARENT}-01", f"00-{TRACE.upper()}-{PARENT}-01", f"00-{TRACE}-{PARENT}", f"00-{TRACE}-{PARENT}-01-more",
    f"00-{TRACE[:-1]}-{PARENT}-01", f"00-{TRACE}g-{PARENT}-01", "zebedee", "",
])
def test_a_malformed_trace_is_ignored_and_a_new_one_begun(live, header):
    answer = live.client("OFFICER").get("/v1/placements", headers={"traceparent": header})
    line = line_of(live, answer)
    assert "traceparent" not in line
    assert re.fullmatch(r"[0-9a-f]{32}", line["trace_id"]) and line["trace_id"] != TRACE and line["trace_id"].strip("0")


def test_two_traces_at_once_are_none_and_new_ones_differ(live):
    lines = []
    for _ in range(2):
        with socket.create_connection(("127.0.0.1", live.daemon.port)) as raw:
            raw.sendall(f"GET /livez HTTP/1.1\r\nHost: a\r\ntraceparent: 00-{TRACE}-{PARENT}-01\r\n"
                        f"traceparent: 00-{TRACE}-{PARENT}-01\r\nConnection: close\r\n\r\n".encode())
            asked = re.search(r"X-Request-Id: (\S+)", raw.makefile("rb").read().decode())[1]
        lines.append(live.daemon.wait_for_line(lambda line: line.get("request_id") == asked))
    assert all("traceparent" not in line for line in lines)
    assert len({line["trace_id"] for line in lines} | {TRACE}) == 3


# -- What is never in it

def test_no_line_holds_anything_personal_whatever_is_asked(live):
    first, last = NAME.split()
    live.journey("in_force")
    officer = live.client("OFFICER")
    for path in (f"/v1/placements?q={first}", f"/v1/placements/{last}", f"/{first}/{last}", f"/v1/placements?{first}={last}",
                 f"/v1/cost-models/{first}/{last}", f"/problems/{first}"):
        officer.request("GET", path)
    officer.request("POST", "/v1/placements", opening(urgency=last))
    officer.request("POST", "/v1/placements", f'{{"{last}": "{first}'.encode())
    officer.post("/v1/placements", opening(urgency=last))
    officer.request("GET", "/v1/placements", headers={"If-None-Match": first, "X-Who": last, "User-Agent": first,
                                                      "traceparent": first, "Authorization": f"Bearer {last}"})
    officer.request(first.upper(), "/v1/placements")
    line_of(live, officer.get("/livez"))
    said = json.dumps(live.daemon.lines, ensure_ascii=False).lower()
    assert [word for word in PERSONAL_WORDS if word.lower() in said] == []
    assert [who for who, token in live.tokens.items() if token[4:].lower() in said] == []
    for key in (str(uuid.UUID(int=0)), "bearer"):
        assert key not in said
