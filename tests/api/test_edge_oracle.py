"""The edge beside another server: Node's own, with its strict defaults, reads the same bytes.

What Node refuses we refuse, and where both take what was sent both see the same requests. A body
measured otherwise would be seen at once, for the next request would begin at another byte. We may
be stricter, and often are. EDGE_SEED and EDGE_CASES in the environment try other changes and more.
"""

import os
import random
import socket
import subprocess

import pytest

from edge_cases import GET, HOST, POST, REFUSED, SECONDS, TAKEN, Raw, request

SEED = int(os.environ.get("EDGE_SEED", "20260401"))
CASES = int(os.environ.get("EDGE_CASES", "3000"))
LAST = request("GET /last HTTP/1.1", HOST)
# What the daemon may answer to a request it takes: (target's path, methods) -> statuses, in this order.
OURS = (("/livez", ("GET", "HEAD"), (200,)), ("/livez", None, (405,)), ("/v1/placements", ("POST",), (400, 401, 415)),
        ("/v1/placements", ("GET", "HEAD"), (401,)), ("/v1/placements", None, (405,)))


@pytest.fixture(scope="module")
def node():
    """The port of Node's server."""
    process = subprocess.Popen(
        ["node", os.path.join(os.path.dirname(os.path.abspath(__file__)), "oracle.js")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    yield int(process.stdout.readline())
    process.stdin.close()
    assert process.wait(SECONDS) == 0


def exchange(port, data):
    """Everything answered to these bytes, with nothing behind them."""
    with Raw(port) as one:
        try:
            one.send(data)
            one.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # refused already
        while one._more():
            pass
        return one.buffer


def answers(data, methods=()):
    """[(status, headers)]; HEAD's answers have no body, and methods says which those are."""
    found = []
    while data:
        head, mark, data = data.partition(b"\r\n\r\n")
        assert mark, f"an answer was cut: {head!r}"
        lines = head.decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:])
        status = int(lines[0].split(" ")[1])
        if status == 100:
            continue
        method = methods[len(found)] if len(found) < len(methods) else ""
        found.append((status, headers))
        if headers.get("transfer-encoding") == "chunked":  # Node's refusals
            data = data.partition(b"0\r\n\r\n")[2]
        bodiless = method == "HEAD" and (not data or data.startswith(b"HTTP/1.1 "))  # a refused one has a body
        data = data[0 if bodiless else int(headers.get("content-length", 0)):]
    return found


def seen_by_node(port, data):
    """[(method, target, size)] of the requests Node takes, up to the first that it refuses."""
    taken = []
    for status, headers in answers(exchange(port, data)):
        if status != 200:
            break
        method, target, size = headers["x-seen"].rsplit(" ", 2)
        taken.append((method.upper(), target, int(size)))
    return taken


def expected(method, target):
    path = target.partition("?")[0]
    for known, methods, statuses in OURS:
        if path == known and (methods is None or method in methods):
            return statuses
    return (404,)


def compare(node, daemon, data):
    """(what differs, how many we took alike); nothing differs when we take no more than Node does, and the same."""
    theirs = seen_by_node(node, data)
    ours = answers(exchange(daemon, data), [method for method, _, _ in theirs])
    for number, (status, headers) in enumerate(ours):
        by_node = theirs[number] if number < len(theirs) else None
        closes = headers["connection"] == "close"
        if by_node and status in expected(by_node[0], by_node[1]) and not (status == 400 and closes):
            continue
        if closes and status in (400, 408, 413, 414, 417, 431, 501, 505):
            # We are stricter, or refuse the same; nothing behind it may have been answered.
            return None if number == len(ours) - 1 else f"request {number + 1} was refused and more was run", number
        return f"request {number + 1}: we answer {status}, Node saw {by_node}", number
    return None, len(ours)


@pytest.fixture
def agree(node, live):
    def check(data):
        differs, alike = compare(node, live.daemon.port, data)
        assert not differs, f"{differs}\n{data!r}"
        return alike
    return check


@pytest.mark.parametrize("wrong", REFUSED)
def test_what_is_refused_and_what_follows_it_is_read_no_further_than_node_does(agree, wrong):
    data, _ = REFUSED[wrong]
    agree(data)
    agree(data + LAST)


@pytest.mark.parametrize("odd", TAKEN)
def test_what_is_taken_is_read_as_node_reads_it(node, live, odd):
    data = TAKEN[odd] + LAST
    theirs = seen_by_node(node, data)
    ours = answers(exchange(live.daemon.port, data), [method for method, _, _ in theirs])
    assert len(ours) == len(theirs) > 0
    assert all(status in expected(method, target) for (status, _), (method, target, _) in zip(ours, theirs))


# -- Changes

BODY = b'{"a":1}'
SEEDS = [
    *(data for name, data in TAKEN.items() if len(data) < 2000),
    request(POST, HOST, f"Content-Length: {len(BODY)}", "Content-Type: application/json", body=BODY),
    request(POST, HOST, "Transfer-Encoding: chunked", body=b"7\r\n" + BODY + b"\r\n0\r\n\r\n"),
    request(POST, HOST, "Transfer-Encoding: chunked", body=b"3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n"),
]
LINES = [
    b"Content-Length: 0", b"Content-Length: 1", b"Content-Length: 7", b"content-length : 7", b"Content-Length:7",
    b"Content-Length: 7 ", b"Content-Length: \t7", b"Content-Length: 7,7", b"Content-Length: -0", b"Content-Length: 0x7",
    b"Content-Length: 7\x0b", b"Content-Length\t: 7", b" Content-Length: 7", b"X: a\r\n Content-Length: 7",
    b"Transfer-Encoding: chunked", b"Transfer-Encoding:chunked", b"transfer-encoding: Chunked",
    b"Transfer-Encoding: chunked ", b"Transfer-Encoding: chunked,", b"Transfer-Encoding: , chunked",
    b"Transfer-Encoding: gzip", b"Transfer-Encoding: gzip, chunked", b"Transfer-Encoding: chunked, gzip",
    b"Transfer-Encoding : chunked", b"Transfer-Encoding:\r\n chunked", b"Transfer-Encoding: \x0cchunked",
    b"Transfer-Encoding: chunked\x00", b"Transfer_Encoding: chunked", b"TRANSFER-ENCODING: identity",
    b"Host: a", b"Host: b", b"Host : a", b"Host:", b"Connection: close", b"Connection: keep-alive", b"Connection: upgrade",
    b"Connection: Content-Length", b"Connection: close, keep-alive", b"Upgrade: h2c", b"Expect: 100-continue", b"Expect: tea", b"X", b": x", b"X: \xff",
    b"Trailer: X", b"TE: trailers", b"Keep-Alive: timeout=5", b"Content-Encoding: gzip", b"X-Long: " + b"y" * 500,
]
PIECES = [b"\r", b"\n", b"\r\n", b"\n\n", b"\r\r\n", b"\0", b"\t", b" ", b":", b",", b";", b";a=b", b"+", b"-", b"0", b"0x", b"1",
          b"\x0b", b"\x0c", b"\x7f", b"\x80", b"\xff", b"%00", b"//", b"HTTP/1.0", b"GET ", LAST]


def change(chance, data):
    """One thing about it is made otherwise."""
    head, mark, body = data.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    at = chance.randrange(len(data) + 1)
    kind = chance.randrange(9)
    if kind == 0:
        return data[:at] + chance.choice(PIECES) + data[at:]
    if kind == 1:
        return data[:at] + data[at + chance.randint(1, 3):]
    if kind == 2:
        ends = [i for i in range(len(data)) if data[i:i + 2] == b"\r\n"]
        at = chance.choice(ends) if ends else 0
        return data[:at] + chance.choice([b"\n", b"\r", b"\r\r\n", b"\n\r", b" \r\n", b"\r\n ", b"\r\n\t"]) + data[at + 2:]
    if kind in (3, 4):
        lines.insert(chance.randint(1, len(lines)), chance.choice(LINES))
    elif kind == 5 and len(lines) > 1:
        line = chance.randrange(1, len(lines))
        lines.insert(line, lines[line].swapcase())
    elif kind == 6:
        lines[0] = lines[0].replace(b"HTTP/1.1", chance.choice([b"HTTP/1.0", b"HTTP/1.2", b"HTTP/0.9", b"http/1.1", b"HTTP/1.1 "]))
    elif kind == 7 and body:
        cut = chance.randrange(len(body))
        body = body[:cut] + chance.choice(PIECES[:18]) + body[cut:]
    elif kind == 8:
        return data + chance.choice(SEEDS)
    return b"\r\n".join(lines) + mark + body


@pytest.mark.parametrize("part", range(6))
def test_changed_requests_are_read_no_further_than_node_does(agree, part):
    chance = random.Random(SEED + part)
    taken = 0
    for _ in range(CASES // 6):
        data = chance.choice(SEEDS)
        for _ in range(chance.choice((1, 1, 2, 3))):
            data = change(chance, data)
        taken += agree(data + LAST) > 1
    assert taken > CASES // 6 // 10  # else nothing is compared but refusals
