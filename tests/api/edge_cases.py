"""Raw requests that the edge must refuse, and some that it must take, as bytes; and a connection to send them.

The lines of the promise about the edge, each at its limit and one beyond. test_edge.py sends them
to the daemon; test_edge_oracle.py sends them, and changed ones, to another server as well.
"""

import socket

SECONDS = 60


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
            got = self.socket.recv(1 << 20)
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
    "content-length a fraction": (request(POST, HOST, "Content-Length: 2.0", body=b"{}"), 400),
    "content-length in other digits": (request(POST, HOST, "Content-Length: ２", body=b"{}"), 400),
    "content-length one above the limit, by other name": (request(POST, HOST, "cOnTENT-lENGTH: 262145"), 413),
    "length and coding": (
        request(POST, HOST, "Content-Length: 5", "Transfer-Encoding: chunked", body=b"0\r\n\r\n"), 400),
    "coding and length": (
        request(POST, HOST, "Transfer-Encoding: chunked", "Content-Length: 5", body=b"0\r\n\r\n"), 400),
    "length and a coding that is not known": (
        request(POST, HOST, "Content-Length: 5", "Transfer-Encoding: xchunked", body=b"0\r\n\r\n"), 400),
    "coding empty": (request(POST, HOST, "Transfer-Encoding:"), 501),
    "coding nearly chunked": (request(POST, HOST, "Transfer-Encoding: xchunked", body=b"0\r\n\r\n"), 501),
    "coding quoted": (request(POST, HOST, 'Transfer-Encoding: "chunked"', body=b"0\r\n\r\n"), 501),
    "coding with a parameter": (request(POST, HOST, "Transfer-Encoding: chunked;q=1", body=b"0\r\n\r\n"), 501),
    "coding with a comma": (request(POST, HOST, "Transfer-Encoding: ,chunked", body=b"0\r\n\r\n"), 501),
    "coding chunked, then identity": (
        request(POST, HOST, "Transfer-Encoding: chunked, identity", body=b"0\r\n\r\n"), 501),
    "coding folded": (request(POST, HOST, "Transfer-Encoding:", " chunked", body=b"0\r\n\r\n"), 400),
    "coding gzip": (request(POST, HOST, "Transfer-Encoding: gzip, chunked"), 501),
    "coding identity": (request(POST, HOST, "Transfer-Encoding: identity"), 501),
    "coding chunked twice": (request(POST, HOST, "Transfer-Encoding: chunked, chunked"), 501),
    "coding with a vertical tab": (request(POST, HOST, b"Transfer-Encoding: \x0bchunked"), 400),
    "two codings that differ": (
        request(POST, HOST, "Transfer-Encoding: identity", "Transfer-Encoding: chunked", body=b"0\r\n\r\n"), 400),
    "two codings": (request(POST, HOST, "Transfer-Encoding: chunked", "Transfer-Encoding: chunked"), 400),
    "coding in HTTP/1.0": (request("POST /v1/placements HTTP/1.0", HOST, "Transfer-Encoding: chunked"), 400),
    "body on GET": (request(GET, HOST, "Content-Length: 1", body=b"x"), 400),
    "chunked body on GET": (request(GET, HOST, "Transfer-Encoding: chunked", body=b"0\r\n\r\n"), 400),
    "body on HEAD": (request("HEAD /livez HTTP/1.1", HOST, "Content-Length: 1", body=b"x"), 400),
    "chunk extension": (request(POST, HOST, "Transfer-Encoding: chunked", body=b"2;a=b\r\n{}\r\n0\r\n\r\n"), 400),
    "chunk extension without a name": (
        request(POST, HOST, "Transfer-Encoding: chunked", body=b"2;\r\n{}\r\n0\r\n\r\n"), 400),
    "chunk extension at the end": (
        request(POST, HOST, "Transfer-Encoding: chunked", body=b"2\r\n{}\r\n0;a\r\n\r\n"), 400),
    "chunk extension with a line feed": (
        request(POST, HOST, "Transfer-Encoding: chunked", body=b"2;\n{}\r\n0\r\n\r\n"), 400),
    "chunk without a size": (request(POST, HOST, "Transfer-Encoding: chunked", body=b"\r\n{}\r\n0\r\n\r\n"), 400),
    "chunk size behind a space": (
        request(POST, HOST, "Transfer-Encoding: chunked", body=b" 2\r\n{}\r\n0\r\n\r\n"), 400),
    "chunk size of many zeros": (
        request(POST, HOST, "Transfer-Encoding: chunked", body=b"0000000002\r\n{}\r\n0\r\n\r\n"), 400),
    "chunk size past 64 bits": (
        request(POST, HOST, "Transfer-Encoding: chunked", body=b"10000000000000002\r\n{}\r\n0\r\n\r\n"), 413),
    "chunk shorter than said": (
        request(POST, HOST, "Transfer-Encoding: chunked", body=b"3\r\n{}\r\n0\r\n\r\n"), 400),
    "chunk with bare carriage return": (
        request(POST, HOST, "Transfer-Encoding: chunked", body=b"2\r{}\r\n0\r\n\r\n"), 400),
    "last chunk with a bare line feed": (
        request(POST, HOST, "Transfer-Encoding: chunked", body=b"2\r\n{}\r\n0\r\n\n"), 400),
    "trailer that frames": (
        request(POST, HOST, "Transfer-Encoding: chunked", body=b"0\r\nContent-Length: 9\r\n\r\n"), 400),
    "chunk size with a space": (request(POST, HOST, "Transfer-Encoding: chunked", body=b"2 \r\n{}\r\n0\r\n\r\n"), 400),
    "chunk size signed": (request(POST, HOST, "Transfer-Encoding: chunked", body=b"+2\r\n{}\r\n0\r\n\r\n"), 400),
    "chunk size 0x": (request(POST, HOST, "Transfer-Encoding: chunked", body=b"0x2\r\n{}\r\n0\r\n\r\n"), 400),
    "chunk with bare line feed": (request(POST, HOST, "Transfer-Encoding: chunked", body=b"2\n{}\n0\n\n"), 400),
    "chunk longer than said": (request(POST, HOST, "Transfer-Encoding: chunked", body=b"1\r\n{}\r\n0\r\n\r\n"), 400),
    "trailer": (request(POST, HOST, "Transfer-Encoding: chunked", body=b"0\r\nX: y\r\n\r\n"), 400),
    "chunk bomb": (request(POST, HOST, "Transfer-Encoding: chunked", body=b"ffffffff\r\n"), 413),
    "chunks above the limit": (
        request(POST, HOST, "Transfer-Encoding: chunked", body=b"30000\r\n" + b"x" * 0x30000 + b"\r\n20000\r\n"), 413),
    "chunks one byte above the limit": (
        request(POST, HOST, "Transfer-Encoding: chunked", body=b"40000\r\n" + b"x" * 262144 + b"\r\n1\r\nx\r\n"), 413),
    "a line end first": (b"\r\n" + request(GET, HOST), 400),
    "a space first": (b" " + request(GET, HOST), 400),
    "no target": (b"GET HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "a space in the target": (request("GET /liv ez HTTP/1.1", HOST), 400),
    "a space behind the version": (request(GET + " ", HOST), 400),
    "HTTP/0.9 with headers": (request("GET /livez HTTP/0.9", HOST), 505),
    "HTTP/1.10": (request("GET /livez HTTP/1.10", HOST), 400),
    "HTTP/01.1": (request("GET /livez HTTP/01.1", HOST), 400),
    "HTTP/1,1": (request("GET /livez HTTP/1,1", HOST), 400),
    "another protocol": (request("GET /livez ICE/1.0", HOST), 400),
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
    "target without a slash": (request("GET livez HTTP/1.1", HOST), 400),
    "absolute form with another case": (request("GET HTTPS://a/livez HTTP/1.1", HOST), 400),
    "raw NUL in the target": (request(b"GET /liv\0ez HTTP/1.1", HOST), 400),
    "DEL in the target": (request(b"GET /liv\x7fez HTTP/1.1", HOST), 400),
    "a lone byte above ASCII in the target": (request(b"GET /liv\xe9z HTTP/1.1", HOST), 400),
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
    "content type twice": (request(POST, HOST, "Content-Type: a/b", "Content-Type: a/b", "Content-Length: 0"), 400),
    "expectation twice": (request(POST, HOST, "Expect: 100-continue", "Expect: 100-continue", "Content-Length: 2"), 400),
    "method in small letters": (request("get /livez HTTP/1.1", HOST), 501),
    "method that is no word": (request("G@T /livez HTTP/1.1", HOST), 400),
    "folded by a tab": (request(GET, HOST, "X: a", "\tb"), 400),
    "a line of blanks": (request(GET, HOST, "  "), 400),
    "space in a header name": (request(GET, HOST, "X Y: a"), 400),
    "non-ASCII in a header name": (request(GET, HOST, b"\xc3\xa9: a"), 400),
    "two line ends of CR CR LF": (b"GET /livez HTTP/1.1\r\nHost: a\r\r\n\r\n", 400),
    "head of 8 KiB and a byte": (request(GET, HOST, "X: " + "y" * (8193 - len(request(GET, HOST, "X: ")))), 431),
    "65 headers": (request(GET, HOST, *[f"X-{n}: y" for n in range(64)]), 431),
    "head above 8 KiB": (request(GET, HOST, "X: " + "y" * 8192), 431),
    "target above 2 KiB": (request("GET /" + "a" * 2048 + " HTTP/1.1", HOST), 414),
}

# Bytes that may stand nowhere in a header's value, a header's name and a target.
BYTES_REFUSED = {
    "a value": (b"X: a%cb", [*range(0, 9), *range(10, 32), 127]),
    "a name": (b"X%cY: a", [*range(0, 33), *b'"(),/;<=>?@[\\]{}', 127, 128, 255]),
    "a target": (None, [*range(0, 33), *b"#\\", 127, 128, 0xA0, 255]),
}
# Requests that are taken, however odd: {name: bytes}.
TAKEN = {
    "plain": request(GET, HOST),
    "HTTP/1.0": request("GET /livez HTTP/1.0", HOST),
    "a host with a port": request(GET, "Host: [::1]:8080"),
    "blanks around a value": request(GET, "Host:\t a \t"),
    "an empty value": request(GET, HOST, "X:"),
    "a value above ASCII": request(GET, HOST, b"X: \xc3\xa9\xff"),
    "a name of signs": request(GET, HOST, "!#$%&'*+-.^_`|~: a"),
    "a header that is nearly another": request(POST, HOST, "Content_Length: 5", "Content-Length: 0"),
    "a length of nothing on GET": request(GET, HOST, "Content-Length: 0"),
    "a length with zeros first": request(POST, HOST, "Content-Length: 0002", body=b"{}"),
    "a body": request(POST, HOST, "Content-Length: 2", body=b"{}"),
    "a body that looks like a request": request(POST, HOST, f"Content-Length: {len(request(GET, HOST))}",
                                                body=request(GET, HOST)),
    "no length": request(POST, HOST),
    "chunks": request(POST, HOST, "Transfer-Encoding: chunked", body=b"1\r\n{\r\n01\r\n}\r\n0\r\n\r\n"),
    "chunks in capitals": request(POST, HOST, "Transfer-Encoding: CHUNKED", body=b"A\r\n0123456789\r\n0\r\n\r\n"),
    "a chunk that looks like the end": request(POST, HOST, "Transfer-Encoding: chunked",
                                               body=b"5\r\n0\r\n\r\n\r\n0\r\n\r\n"),
    "the last request": request(GET, HOST, "Connection: close"),
    "an upgrade": request(GET, HOST, "Connection: Upgrade", "Upgrade: h2c"),
    "an upgrade with a body": request(POST, HOST, "Connection: upgrade", "Upgrade: websocket", "Content-Length: 2",
                                      body=b"{}"),
    "HEAD": request("HEAD /livez HTTP/1.1", HOST),
    "DELETE with a body": request("DELETE /livez HTTP/1.1", HOST, "Content-Length: 2", body=b"{}"),
    "a method of others": request("PROPFIND /livez HTTP/1.1", HOST),
    "two in one": request(GET, HOST) + request(POST, HOST, "Content-Length: 2", body=b"{}"),
    "64 headers": request(GET, HOST, *[f"X-{n}: y" for n in range(63)]),
    "a head of 8 KiB": request(GET, HOST, "X: " + "y" * (8192 - len(request(GET, HOST, "X: ")))),
    "a target of 2 KiB": request("GET /" + "a" * 2047 + " HTTP/1.1", HOST),
    "a body of 256 KiB": request(POST, HOST, "Content-Length: 262144", body=b"x" * 262144),
    "chunks of 256 KiB": request(POST, HOST, "Transfer-Encoding: chunked",
                                 body=b"3ffff\r\n" + b"x" * 262143 + b"\r\n1\r\nx\r\n0\r\n\r\n"),
}
