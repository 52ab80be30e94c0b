/*
 * test_parse.c - bytes to one request: what is refused, and why; what is taken, in any split.
 *
 * Every case runs whole, byte by byte and in random splits, and must come out the
 * same. A second request stands behind each valid one and must be left alone.
 */
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/parse.h"

#define SPLITS 40
#define BEHIND "GET /behind HTTP/1.1\r\nHost: x\r\n\r\n"

static struct arena *arena;

static int set_up(void **state)
{
	(void)state;
	srandom(7);
	arena = arena_new();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

/* Feeds pieces of at most `most` bytes (random sizes when negative) and returns how many were
 * taken. */
static size_t feed_in_pieces(struct parser *p, struct text bytes, int most)
{
	size_t at = 0, piece, taken;

	parser_start(p, arena, &http_limits_default);
	while (at < bytes.len && p->state != PARSE_WHOLE && p->state != PARSE_REFUSED) {
		piece = most > 0 ? (size_t)most : 1 + (size_t)random() % (size_t)-most;
		if (piece > bytes.len - at)
			piece = bytes.len - at;
		taken = parser_feed(p, bytes.at + at, piece);
		assert_true(taken <= piece);
		assert_true(taken == piece || p->state == PARSE_WHOLE || p->state == PARSE_REFUSED);
		at += taken;
	}
	return at;
}

static void assert_same_text(struct text a, struct text b)
{
	assert_int_equal(a.len, b.len);
	assert_int_equal(a.at == NULL, b.at == NULL);
	if (a.len)
		assert_memory_equal(a.at, b.at, a.len);
}

static void assert_same(const struct parser *a, const struct parser *b)
{
	assert_int_equal(a->state, b->state);
	assert_ptr_equal(a->refusal, b->refusal);
	assert_int_equal(a->method, b->method);
	if (a->state != PARSE_WHOLE)
		return;
	assert_same_text(a->method_name, b->method_name);
	assert_same_text(a->path, b->path);
	assert_same_text(a->query, b->query);
	assert_same_text(a->body, b->body);
	assert_int_equal(a->keep_alive, b->keep_alive);
	assert_int_equal(a->expects_continue, b->expects_continue);
	assert_int_equal(a->header_count, b->header_count);
	for (size_t i = 0; i < a->header_count; i++) {
		assert_same_text(a->headers[i].name, b->headers[i].name);
		assert_same_text(a->headers[i].value, b->headers[i].value);
	}
}

/* Parses in every split; *p is the outcome of the whole, and the count of bytes it took. */
static size_t parse_every_way(struct parser *p, struct text bytes)
{
	struct parser other;
	size_t taken = feed_in_pieces(p, bytes, (int)bytes.len);

	assert_int_equal(feed_in_pieces(&other, bytes, 1), taken);
	assert_same(p, &other);
	for (int i = 0; i < SPLITS; i++) {
		assert_int_equal(feed_in_pieces(&other, bytes, i % 2 ? -7 : -300), taken);
		assert_same(p, &other);
	}
	return taken;
}

#define HOST "Host: care.example\r\n"
#define GET(rest) "GET / HTTP/1.1\r\n" HOST rest "\r\n"
#define POST(rest) "POST /v1/placements HTTP/1.1\r\n" HOST rest
#define CHUNKED(body) POST("Transfer-Encoding: chunked\r\n\r\n") body
#define CASE(status, name, bytes)                      \
	{                                              \
		status, name, bytes, sizeof(bytes) - 1 \
	}

static const struct refused_case {
	int status;
	const char *name;
	const char *bytes;
	size_t size;
} refused_cases[] = {
	/* Host */
	CASE(400, "no Host", "GET / HTTP/1.1\r\n\r\n"),
	CASE(400, "no Host in 1.0", "GET / HTTP/1.0\r\n\r\n"),
	CASE(400, "two Hosts", GET("Host: other.example\r\n")),
	CASE(400, "the same Host twice", GET(HOST)),
	CASE(400, "an empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n"),
	CASE(400, "a Host with user information", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n"),
	CASE(400, "a Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
	CASE(400, "a list of Hosts", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"),
	/* line ends and control bytes */
	CASE(400, "bare LF after the request line", "GET / HTTP/1.1\n" HOST "\r\n"),
	CASE(400, "bare LF after a header", "GET / HTTP/1.1\r\nHost: x\nA: b\r\n\r\n"),
	CASE(400, "bare LF at the end of the head", "GET / HTTP/1.1\r\nHost: x\r\n\n"),
	CASE(400, "bare CR in a value", GET("A: b\rC: d\r\n")),
	CASE(400, "bare CR for a line end", "GET / HTTP/1.1\r\nHost: x\r\rA: b\r\n\r\n"),
	CASE(400, "CR CR LF", "GET / HTTP/1.1\r\nHost: x\r\r\n\r\n"),
	CASE(400, "NUL in a value", GET("A: b\0c\r\n")),
	CASE(400, "NUL in a name", GET("A\0: b\r\n")),
	CASE(400, "control byte in a value", GET("A: b\001c\r\n")),
	CASE(400, "DEL in a value", GET("A: b\177c\r\n")),
	CASE(400, "a line end before the request", "\r\nGET / HTTP/1.1\r\n" HOST "\r\n"),
	CASE(400, "a TLS hello", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
	/* header lines */
	CASE(400, "space before the colon", GET("A : b\r\n")),
	CASE(400, "tab before the colon", GET("A\t: b\r\n")),
	CASE(400, "space in a name", GET("A b: c\r\n")),
	CASE(400, "non-ASCII in a name", GET("\xc3\xa9: b\r\n")),
	CASE(400, "an empty name", GET(": b\r\n")),
	CASE(400, "no colon", GET("Ab\r\n")),
	CASE(400, "folding by a space", GET("A: b\r\n c\r\n")),
	CASE(400, "folding by a tab", GET("A: b\r\n\tc\r\n")),
	CASE(400, "folding of the first header", "GET / HTTP/1.1\r\n Host: x\r\n\r\n"),
	CASE(400, "a line of blanks", GET("  \r\n")),
	CASE(400, "Authorization twice", GET("Authorization: a\r\nauthorization: b\r\n")),
	CASE(400, "Content-Type twice",
	     POST("Content-Type: a/b\r\nContent-Type: a/b\r\nContent-Length: 0\r\n\r\n")),
	CASE(400, "Idempotency-Key twice",
	     POST("Idempotency-Key: \"a\"\r\n"
		  "Idempotency-Key: \"a\"\r\n\r\n")),
	/* the request line */
	CASE(400, "two spaces before the target", "GET  / HTTP/1.1\r\n" HOST "\r\n"),
	CASE(400, "two spaces behind the target", "GET /  HTTP/1.1\r\n" HOST "\r\n"),
	CASE(400, "a space at the end", "GET / HTTP/1.1 \r\n" HOST "\r\n"),
	CASE(400, "a space in the target", "GET /a b HTTP/1.1\r\n" HOST "\r\n"),
	CASE(400, "a tab for a space", "GET\t/ HTTP/1.1\r\n" HOST "\r\n"),
	CASE(400, "a space first", " GET / HTTP/1.1\r\n" HOST "\r\n"),
	CASE(400, "no version", "GET /\r\n" HOST "\r\n"),
	CASE(400, "no target", "GET\r\n" HOST "\r\n"),
	CASE(400, "lower-case http", "GET / http/1.1\r\n" HOST "\r\n"),
	CASE(400, "another protocol", "GET / ICE/1.0\r\n" HOST "\r\n"),
	CASE(400, "HTTP/1.10", "GET / HTTP/1.10\r\n" HOST "\r\n"),
	CASE(400, "HTTP/01.1", "GET / HTTP/01.1\r\n" HOST "\r\n"),
	CASE(400, "HTTP/1,1", "GET / HTTP/1,1\r\n" HOST "\r\n"),
	CASE(505, "HTTP/0.9", "GET / HTTP/0.9\r\n" HOST "\r\n"),
	CASE(505, "HTTP/1.2", "GET / HTTP/1.2\r\n" HOST "\r\n"),
	CASE(505, "HTTP/2.0", "GET / HTTP/2.0\r\n" HOST "\r\n"),
	CASE(505, "the HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
	CASE(501, "a method nobody knows", "BREW / HTTP/1.1\r\n" HOST "\r\n"),
	CASE(501, "a method in lower case", "get / HTTP/1.1\r\n" HOST "\r\n"),
	CASE(501, "a method longer than one known", "GETX / HTTP/1.1\r\n" HOST "\r\n"),
	CASE(400, "a method that is not a token", "G@T / HTTP/1.1\r\n" HOST "\r\n"),
	CASE(400, "a method without end",
	     "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZ / HTTP/1.1\r\n" HOST "\r\n"),
	/* the target */
	CASE(400, "absolute form", "GET http://care.example/ HTTP/1.1\r\n" HOST "\r\n"),
	CASE(400, "authority form", "CONNECT care.example:80 HTTP/1.1\r\n" HOST "\r\n"),
	CASE(400, "CONNECT to a path", "CONNECT /a HTTP/1.1\r\n" HOST "\r\n"),
	CASE(400, "asterisk form", "OPTIONS * HTTP/1.1\r\n" HOST "\r\n"),
	CASE(400, "no slash", "GET a HTTP/1.1\r\n" HOST "\r\n"),
	CASE(400, "two slashes at the head", "GET //a HTTP/1.1\r\n" HOST "\r\n"),
	CASE(400, "%00 in the path", "GET /a%00b HTTP/1.1\r\n" HOST "\r\n"),
	CASE(400, "%00 in the query", "GET /a?b=%00 HTTP/1.1\r\n" HOST "\r\n"),
	CASE(400, "a malformed escape in the path", "GET /%zz HTTP/1.1\r\n" HOST "\r\n"),
	CASE(400, "an escape cut short", "GET /a%4 HTTP/1.1\r\n" HOST "\r\n"),
	CASE(400, "an escape cut shorter", "GET /a% HTTP/1.1\r\n" HOST "\r\n"),
	CASE(400, "an escape cut by the query", "GET /a%4?b HTTP/1.1\r\n" HOST "\r\n"),
	CASE(400, "non-ASCII in the target", "GET /\xc3\xa9 HTTP/1.1\r\n" HOST "\r\n"),
	CASE(400, "control byte in the target", "GET /a\001 HTTP/1.1\r\n" HOST "\r\n"),
	CASE(400, "NUL in the target", "GET /a\0 HTTP/1.1\r\n" HOST "\r\n"),
	CASE(400, "DEL in the target", "GET /a\177 HTTP/1.1\r\n" HOST "\r\n"),
	CASE(400, "a fragment", "GET /a#b HTTP/1.1\r\n" HOST "\r\n"),
	CASE(400, "a backslash", "GET /\\a HTTP/1.1\r\n" HOST "\r\n"),
	/* the length of the body */
	CASE(400, "Content-Length twice", POST("Content-Length: 2\r\nContent-Length: 2\r\n\r\nab")),
	CASE(400, "two Content-Lengths that differ",
	     POST("Content-Length: 0\r\nContent-Length: 9\r\n\r\n")),
	CASE(400, "Content-Length signed", POST("Content-Length: +2\r\n\r\nab")),
	CASE(400, "Content-Length negative", POST("Content-Length: -1\r\n\r\n")),
	CASE(400, "Content-Length in hex", POST("Content-Length: 0x2\r\n\r\nab")),
	CASE(400, "Content-Length empty", POST("Content-Length:\r\n\r\n")),
	CASE(400, "Content-Length a list", POST("Content-Length: 2, 2\r\n\r\nab")),
	CASE(400, "Content-Length with a space", POST("Content-Length: 1 2\r\n\r\nab")),
	CASE(400, "Content-Length a fraction", POST("Content-Length: 2.0\r\n\r\nab")),
	CASE(413, "Content-Length one above the limit", POST("Content-Length: 262145\r\n\r\n")),
	CASE(413, "Content-Length above 64 bits",
	     POST("Content-Length: 18446744073709551618\r\n\r\nab")),
	CASE(413, "too large, and asks to go on",
	     POST("Content-Length: 262145\r\nExpect: 100-continue\r\n\r\n")),
	CASE(400, "Content-Length and Transfer-Encoding",
	     POST("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")),
	CASE(400, "Transfer-Encoding and Content-Length",
	     POST("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n")),
	CASE(400, "Transfer-Encoding twice",
	     POST("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")),
	CASE(400, "Transfer-Encoding twice, another first",
	     POST("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")),
	CASE(400, "Transfer-Encoding in 1.0",
	     "POST / HTTP/1.0\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
	CASE(501, "Transfer-Encoding gzip", POST("Transfer-Encoding: gzip\r\n\r\n")),
	CASE(501, "Transfer-Encoding a list", POST("Transfer-Encoding: gzip, chunked\r\n\r\n")),
	CASE(501, "Transfer-Encoding chunked and more",
	     POST("Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n")),
	CASE(501, "Transfer-Encoding chunked twice in a list",
	     POST("Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n")),
	CASE(501, "Transfer-Encoding nearly chunked",
	     POST("Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n")),
	CASE(501, "Transfer-Encoding quoted",
	     POST("Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n")),
	CASE(501, "Transfer-Encoding with a parameter",
	     POST("Transfer-Encoding: chunked;a=b\r\n\r\n0\r\n\r\n")),
	CASE(501, "Transfer-Encoding empty", POST("Transfer-Encoding:\r\n\r\n")),
	CASE(501, "Transfer-Encoding identity", POST("Transfer-Encoding: identity\r\n\r\n")),
	CASE(400, "a body on GET", GET("Content-Length: 3\r\n") "abc"),
	CASE(400, "a chunked body on GET", GET("Transfer-Encoding: chunked\r\n") "0\r\n\r\n"),
	CASE(400, "a large body on GET", GET("Content-Length: 999999\r\n")),
	CASE(400, "a body on HEAD", "HEAD / HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc"),
	/* chunks */
	CASE(400, "a chunk extension", CHUNKED("2;a=b\r\nab\r\n0\r\n\r\n")),
	CASE(400, "an empty chunk extension", CHUNKED("2;\r\nab\r\n0\r\n\r\n")),
	CASE(400, "an extension on the last chunk", CHUNKED("2\r\nab\r\n0;a\r\n\r\n")),
	CASE(400, "a space behind the size", CHUNKED("2 \r\nab\r\n0\r\n\r\n")),
	CASE(400, "a space before the size", CHUNKED(" 2\r\nab\r\n0\r\n\r\n")),
	CASE(400, "an empty size", CHUNKED("\r\nab\r\n0\r\n\r\n")),
	CASE(400, "a signed size", CHUNKED("+2\r\nab\r\n0\r\n\r\n")),
	CASE(400, "a size with 0x", CHUNKED("0x2\r\nab\r\n0\r\n\r\n")),
	CASE(400, "a size with an underscore", CHUNKED("0_2\r\nab\r\n0\r\n\r\n")),
	CASE(400, "a size of many zeros", CHUNKED("0000000002\r\nab\r\n0\r\n\r\n")),
	CASE(400, "bare LF behind the size", CHUNKED("2\nab\r\n0\r\n\r\n")),
	CASE(400, "bare CR behind the size", CHUNKED("2\rab\r\n0\r\n\r\n")),
	CASE(400, "bare LF behind the data", CHUNKED("2\r\nab\n0\r\n\r\n")),
	CASE(400, "data longer than its size", CHUNKED("2\r\nabc\r\n0\r\n\r\n")),
	CASE(400, "data shorter than its size", CHUNKED("3\r\nab\r\n0\r\n\r\n")),
	CASE(400, "bare LF at the end", CHUNKED("2\r\nab\r\n0\r\n\n")),
	CASE(400, "bare LF behind the last chunk", CHUNKED("2\r\nab\r\n0\n\r\n")),
	CASE(400, "a trailer", CHUNKED("2\r\nab\r\n0\r\nA: b\r\n\r\n")),
	CASE(400, "a trailer that frames", CHUNKED("0\r\nContent-Length: 9\r\n\r\n")),
	CASE(413, "one chunk above the limit", CHUNKED("40001\r\n")),
	CASE(413, "a chunk of 2^64", CHUNKED("FFFFFFFFFFFFFFFF\r\nab")),
	CASE(413, "a second chunk above the limit", CHUNKED("1\r\na\r\n40000\r\n")),
	/* expectations */
	CASE(417, "an expectation nobody knows",
	     POST("Content-Length: 2\r\nExpect: tea\r\n\r\nab")),
	CASE(400, "Expect twice", POST("Expect: 100-continue\r\nExpect: 100-continue\r\n\r\n")),
};

static void ambiguous_requests_are_refused(void **state)
{
	struct parser p;

	(void)state;
	for (size_t i = 0; i < sizeof(refused_cases) / sizeof(*refused_cases); i++) {
		const struct refused_case *c = &refused_cases[i];
		size_t taken = parse_every_way(&p, (struct text){c->bytes, c->size});

		if (p.state != PARSE_REFUSED || p.refusal->status != c->status)
			fail_msg("%s: state %d, status %d, not %d", c->name, p.state,
				 p.refusal ? p.refusal->status : 0, c->status);
		assert_true(taken <= c->size);
		assert_true(strlen(p.refusal->code) > 0 && strlen(p.refusal->detail) > 0);
		/* A refused parser takes nothing more. */
		assert_int_equal(parser_feed(&p, BEHIND, sizeof(BEHIND) - 1), 0);
	}
}

#define GOOD(name, method, path, query, headers, body, keep, expects, bytes)                      \
	{                                                                                         \
		name, method, path, query, headers, body, keep, expects, bytes, sizeof(bytes) - 1 \
	}

static const struct good_case {
	const char *name;
	enum http_method method;
	const char *path, *query;
	size_t headers;
	const char *body;
	bool keep, expects;
	const char *bytes;
	size_t size;
} good_cases[] = {
	GOOD("plain", HTTP_GET_, "/", NULL, 1, NULL, true, false, GET("")),
	GOOD("a query", HTTP_GET_, "/a/%2F", "b=c&d=%zz", 1, NULL, true, false,
	     "GET /a/%2F?b=c&d=%zz HTTP/1.1\r\n" HOST "\r\n"),
	GOOD("an empty query", HTTP_GET_, "/a", "", 1, NULL, true, false,
	     "GET /a? HTTP/1.1\r\n" HOST "\r\n"),
	GOOD("an address for a host", HTTP_GET_, "/", NULL, 1, NULL, true, false,
	     "GET / HTTP/1.1\r\nhost:[::1]:8080\r\n\r\n"),
	GOOD("blanks around a value", HTTP_GET_, "/", NULL, 3, NULL, true, false,
	     GET("A: \t b c \t \r\nB:\r\n")),
	GOOD("Connection: close", HTTP_GET_, "/", NULL, 2, NULL, false, false,
	     GET("Connection: close\r\n")),
	GOOD("close among others", HTTP_GET_, "/", NULL, 2, NULL, false, false,
	     GET("Connection: te, close\r\n")),
	GOOD("HTTP/1.0", HTTP_GET_, "/", NULL, 1, NULL, false, false,
	     "GET / HTTP/1.0\r\n" HOST "\r\n"),
	GOOD("HTTP/1.0 that would be kept", HTTP_GET_, "/", NULL, 2, NULL, false, false,
	     "GET / HTTP/1.0\r\n" HOST "Connection: keep-alive\r\n\r\n"),
	GOOD("HEAD", HTTP_HEAD_, "/", NULL, 1, NULL, true, false,
	     "HEAD / HTTP/1.1\r\n" HOST "\r\n"),
	GOOD("a length of nothing on GET", HTTP_GET_, "/", NULL, 2, NULL, true, false,
	     GET("Content-Length: 0\r\n")),
	GOOD("an upgrade is ignored, and the last", HTTP_GET_, "/", NULL, 3, NULL, false, false,
	     GET("Connection: Upgrade\r\nUpgrade: h2c\r\n")),
	GOOD("an upgrade with a body", HTTP_POST_, "/v1/placements", NULL, 4, "ab", false, false,
	     POST("Connection: upgrade\r\nUpgrade: h2c\r\nContent-Length: 2\r\n\r\nab")),
	GOOD("Upgrade that Connection does not name", HTTP_GET_, "/", NULL, 2, NULL, true, false,
	     GET("Upgrade: h2c\r\n")),
	GOOD("a method that is not ours", HTTP_OTHER, "/", NULL, 1, NULL, true, false,
	     "PROPFIND / HTTP/1.1\r\n" HOST "\r\n"),
	GOOD("OPTIONS", HTTP_OPTIONS_, "/a", NULL, 1, NULL, true, false,
	     "OPTIONS /a HTTP/1.1\r\n" HOST "\r\n"),
	GOOD("DELETE with a body", HTTP_DELETE_, "/a", NULL, 2, "x", true, false,
	     "DELETE /a HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\nx"),
	GOOD("PATCH", HTTP_PATCH_, "/a", NULL, 2, "x", true, false,
	     "PATCH /a HTTP/1.1\r\n" HOST "Content-Length: 01\r\n\r\nx"),
	GOOD("PUT", HTTP_PUT_, "/a", NULL, 2, "x", true, false,
	     "PUT /a HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\nx"),
	GOOD("POST without a body", HTTP_POST_, "/v1/placements", NULL, 1, NULL, true, false,
	     POST("\r\n")),
	GOOD("a body that looks like a request", HTTP_POST_, "/v1/placements", NULL, 2,
	     "GET / HTTP/1.1\r\n\r\n", true, false,
	     POST("Content-Length: 18\r\n\r\nGET / HTTP/1.1\r\n\r\n")),
	GOOD("asks to go on", HTTP_POST_, "/v1/placements", NULL, 3, "ab", true, true,
	     POST("Content-Length: 2\r\nExpect: 100-Continue\r\n\r\nab")),
	GOOD("asks to go on with nothing", HTTP_POST_, "/v1/placements", NULL, 2, NULL, true, false,
	     POST("Expect: 100-continue\r\n\r\n")),
	GOOD("an expectation in 1.0 is ignored", HTTP_POST_, "/", NULL, 3, "ab", false, false,
	     "POST / HTTP/1.0\r\n" HOST "Expect: tea\r\nContent-Length: 2\r\n\r\nab"),
	GOOD("chunks", HTTP_POST_, "/v1/placements", NULL, 2, "hello, world", true, false,
	     CHUNKED("5\r\nhello\r\n07\r\n, world\r\n0\r\n\r\n")),
	GOOD("sizes in both cases", HTTP_POST_, "/v1/placements", NULL, 2, "abcdefghijabcdefghijk",
	     true, false, CHUNKED("a\r\nabcdefghij\r\nB\r\nabcdefghijk\r\n000\r\n\r\n")),
	GOOD("chunks of nothing", HTTP_POST_, "/v1/placements", NULL, 2, NULL, true, false,
	     CHUNKED("0\r\n\r\n")),
	GOOD("chunked in another case", HTTP_POST_, "/v1/placements", NULL, 2, "a", true, false,
	     POST("transfer-encoding: Chunked\r\n\r\n1\r\na\r\n0\r\n\r\n")),
	GOOD("chunks that hold line ends", HTTP_POST_, "/v1/placements", NULL, 2, "\r\n0\r\n\r\n",
	     true, false, CHUNKED("7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n")),
};

static void assert_text(const char *name, struct text is, const char *expected)
{
	if ((expected == NULL) != (is.at == NULL) || (expected && !text_is(is, expected)))
		fail_msg("%s: \"%.*s\" is not \"%s\"", name, TEXT_FMT(is),
			 expected ? expected : "(none)");
}

static void good_requests_are_taken_in_any_split(void **state)
{
	struct parser p;
	struct text both;

	(void)state;
	for (size_t i = 0; i < sizeof(good_cases) / sizeof(*good_cases); i++) {
		const struct good_case *c = &good_cases[i];

		both = text_printf(arena, "%.*s%s", (int)c->size, c->bytes, BEHIND);
		if (parse_every_way(&p, both) != c->size || p.state != PARSE_WHOLE)
			fail_msg("%s: state %d, %s", c->name, p.state,
				 p.refusal ? p.refusal->detail : "bytes behind it were taken");
		assert_int_equal(p.method, c->method);
		assert_text(c->name, p.path, c->path);
		assert_text(c->name, p.query, c->query);
		assert_text(c->name, p.body, c->body);
		assert_int_equal(p.header_count, c->headers);
		assert_int_equal(p.keep_alive, c->keep);
		assert_int_equal(p.expects_continue, c->expects);
	}
}

static void an_unfinished_request_is_neither_whole_nor_refused(void **state)
{
	struct parser p;

	(void)state;
	for (size_t i = 0; i < sizeof(good_cases) / sizeof(*good_cases); i++) {
		const struct good_case *c = &good_cases[i];

		for (size_t size = 0; size < c->size; size++) {
			parser_start(&p, arena, &http_limits_default);
			assert_int_equal(parser_feed(&p, c->bytes, size), size);
			assert_true(p.state == PARSE_HEAD || p.state == PARSE_BODY);
		}
	}
}

static void header_names_and_values_are_given_as_sent(void **state)
{
	struct http_request request = {.arena = arena};
	struct parser p;
	struct text bytes =
		TEXT(GET("X-Reason:\t the  person \xc3\xa9 \r\nX-reason: 2\r\nEmpty:\r\n"));

	(void)state;
	assert_int_equal(parse_every_way(&p, bytes), bytes.len);
	assert_int_equal(p.state, PARSE_WHOLE);
	request.headers = p.headers;
	request.header_count = p.header_count;
	assert_true(text_is(p.headers[1].name, "X-Reason"));
	assert_true(text_is(http_header_value(&request, "x-reason"), "the  person \xc3\xa9"));
	assert_true(text_is(http_header_value(&request, "EMPTY"), ""));
	assert_null(http_header_value(&request, "X-Reaso").at);
}

/* A request with the given number of filler bytes in one header, or headers, or target bytes. */
static struct text sized_request(int filler, int headers, int target)
{
	struct writer w;

	writer_init(&w, arena);
	writer_puts(&w, "GET /");
	for (int i = 1; i < target; i++)
		writer_char(&w, 'a');
	writer_puts(&w, " HTTP/1.1\r\nHost: x\r\n");
	for (int i = 1; i < headers; i++)
		writer_printf(&w, "X-%d: y\r\n", i);
	if (filler > 0) {
		writer_puts(&w, "X-Filler: ");
		for (int i = 0; i < filler; i++)
			writer_char(&w, 'z');
		writer_puts(&w, "\r\n");
	}
	writer_puts(&w, "\r\n");
	return writer_text(&w);
}

static void assert_status(struct text bytes, int status)
{
	struct parser p;

	parse_every_way(&p, bytes);
	assert_int_equal(p.state, status ? PARSE_REFUSED : PARSE_WHOLE);
	if (status)
		assert_int_equal(p.refusal->status, status);
}

static void limits_are_exact(void **state)
{
	int around = (int)sized_request(1, 1, 1).len - 1;

	(void)state;
	assert_int_equal(sized_request(8192 - around, 1, 1).len, 8192);
	assert_status(sized_request(8192 - around, 1, 1), 0);
	assert_status(sized_request(8193 - around, 1, 1), 431);
	assert_status(sized_request(0, 64, 1), 0);
	assert_status(sized_request(0, 65, 1), 431);
	assert_status(sized_request(0, 1, 2048), 0);
	assert_status(sized_request(0, 1, 2049), 414);
}

static void limits_refuse_before_the_rest_is_there(void **state)
{
	struct text bytes = sized_request(20000, 1, 1);
	struct parser p;

	(void)state;
	assert_int_equal(feed_in_pieces(&p, bytes, 100000), 8193);
	assert_int_equal(p.refusal->status, 431);
	bytes = sized_request(0, 1, 20000);
	assert_int_equal(feed_in_pieces(&p, bytes, 100000), 4 + 2049);
	assert_int_equal(p.refusal->status, 414);
}

static void a_body_of_the_limit_is_taken(void **state)
{
	size_t size = (size_t)http_limits_default.body_bytes;
	char *body = arena_alloc(arena, size);
	struct text head = TEXT(POST("Content-Length: 262144\r\n\r\n"));
	struct parser p;

	(void)state;
	memset(body, 'b', size);
	parser_start(&p, arena, &http_limits_default);
	assert_int_equal(parser_feed(&p, head.at, head.len), head.len);
	for (size_t at = 0; at < size; at += 4096) {
		assert_int_equal(p.state, PARSE_BODY);
		assert_int_equal(parser_feed(&p, body + at, 4096), 4096);
	}
	assert_int_equal(p.state, PARSE_WHOLE);
	assert_int_equal(p.body.len, size);
	assert_memory_equal(p.body.at, body, size);
}

static int64_t eight_more_for_files(enum http_method method, struct text path, void *context)
{
	bool is_file = method == HTTP_POST_ && text_is(path, "/files");

	(void)context;
	return http_limits_default.body_bytes + (is_file ? 8 : 0);
}

static void some_addresses_take_larger_bodies(void **state)
{
	static const struct {
		const char *head;
		int status;
	} cases[] = {
		{"POST /files HTTP/1.1\r\nHost: x\r\nContent-Length: 262152\r\n\r\n", 0},
		{"POST /files HTTP/1.1\r\nHost: x\r\nContent-Length: 262153\r\n\r\n", 413},
		{"POST /other HTTP/1.1\r\nHost: x\r\nContent-Length: 262145\r\n\r\n", 413},
		{"PUT /files HTTP/1.1\r\nHost: x\r\nContent-Length: 262145\r\n\r\n", 413},
		{"POST /files HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n40008\r\n",
		 0},
		{"POST /files HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n40009\r\n",
		 413},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct parser p;

		parser_start(&p, arena, &http_limits_default);
		p.body_limit = eight_more_for_files;
		(void)!parser_feed(&p, cases[i].head, strlen(cases[i].head));
		assert_int_equal(p.state, cases[i].status ? PARSE_REFUSED : PARSE_BODY);
		if (cases[i].status)
			assert_int_equal(p.refusal->status, cases[i].status);
	}
}

static void a_body_of_one_byte_chunks_is_bounded(void **state)
{
	static const char chunk[] = "1\r\nx\r\n";
	struct text head = TEXT(CHUNKED(""));
	struct parser p;
	size_t chunks = 0;

	(void)state;
	parser_start(&p, arena, &http_limits_default);
	assert_int_equal(parser_feed(&p, head.at, head.len), head.len);
	while (p.state == PARSE_BODY && chunks < 300000) {
		(void)!parser_feed(&p, chunk, sizeof(chunk) - 1);
		chunks++;
	}
	assert_int_equal(p.state, PARSE_REFUSED);
	assert_int_equal(p.refusal->status, 413);
	assert_int_equal(chunks, http_limits_default.body_bytes + 1);
}

static void a_refused_head_request_is_known_as_one(void **state)
{
	struct text bytes = TEXT("HEAD / HTTP/1.1\r\n\r\n");
	struct parser p;

	(void)state;
	parse_every_way(&p, bytes);
	assert_int_equal(p.state, PARSE_REFUSED);
	assert_int_equal(p.method, HTTP_HEAD_);
}

static const struct query_case {
	const char *query, *value;
	bool bad;
} query_cases[] = {
	{"stage=open", "open", false},
	{"a=b&stage=open&c=d", "open", false},
	{"stage=", "", false},
	{"stage", "", false},
	{"", NULL, false},
	{"stages=open", NULL, false},
	{"Stage=open", NULL, false},
	{"stage=in+force%20now%2B", "in force now+", false},
	{"st%61ge=x", "x", false},
	{"stage=a=b", "a=b", false},
	{"&&stage=x&", "x", false},
	{"stage=%C3%A9", "\xc3\xa9", false},
	{"other=%zz&stage=x", "x", false},
	{"stage=x&stage=x", NULL, true},
	{"stage=x&st%61ge=y", NULL, true},
	{"stage=%zz", NULL, true},
	{"stage=%4", NULL, true},
	{"stage=%", NULL, true},
	{"stage=%00", NULL, true},
	{"stage=%C3", NULL, true},
	{"stage=%C0%AF", NULL, true},
	{"%zz=1&stage=x", NULL, true},
};

static void query_values_are_decoded_or_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(query_cases) / sizeof(*query_cases); i++) {
		const struct query_case *c = &query_cases[i];
		struct http_request request = {.arena = arena, .query = text_of(c->query)};
		bool bad = false;
		struct text value = http_query_value(&request, "stage", &bad);

		assert_text(c->query, value, c->value);
		if (bad != c->bad)
			fail_msg("%s: bad is %d", c->query, bad);
	}
}

static void a_request_without_a_query_has_no_values(void **state)
{
	struct http_request request = {.arena = arena, .query = TEXT_NONE};
	bool bad = true;

	(void)state;
	assert_null(http_query_value(&request, "stage", &bad).at);
	assert_true(bad); /* set, and not ours to clear */
}

#define TRACE "4bf92f3577b34da6a3ce929d0e0e4736"
#define SPAN "00f067aa0ba902b7"

static const struct {
	const char *value;
	bool sound;
} traces[] = {
	{"00-" TRACE "-" SPAN "-01", true},
	{"cc-" TRACE "-" SPAN "-01", true},
	{"cc-" TRACE "-" SPAN "-01-more", true},
	{"cc-" TRACE "-" SPAN "-01more", false},
	{"00-" TRACE "-" SPAN "-01-more", false},
	{"ff-" TRACE "-" SPAN "-01", false},
	{"00-" TRACE "-" SPAN "-0", false},
	{"00-" TRACE "-" SPAN "-0g", false},
	{"00-4BF92F3577B34DA6A3CE929D0E0E4736-" SPAN "-01", false},
	{"00-00000000000000000000000000000000-" SPAN "-01", false},
	{"00-" TRACE "-0000000000000000-01", false},
	{"00_" TRACE "-" SPAN "-01", false},
	{"", false},
};

static void a_malformed_traceparent_counts_as_none(void **state)
{
	struct http_header pair[2] = {{TEXT("Traceparent"), TEXT_NONE}};

	(void)state;
	for (size_t i = 0; i < sizeof(traces) / sizeof(*traces); i++) {
		pair[0].value = text_of(traces[i].value);
		assert_text(traces[i].value, traceparent_of(pair, 1),
			    traces[i].sound ? traces[i].value : NULL);
	}
	pair[0].value = text_of(traces[0].value);
	pair[1] = pair[0];
	assert_null(traceparent_of(pair, 2).at);
	assert_null(traceparent_of(pair, 0).at);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(ambiguous_requests_are_refused),
		cmocka_unit_test(good_requests_are_taken_in_any_split),
		cmocka_unit_test(an_unfinished_request_is_neither_whole_nor_refused),
		cmocka_unit_test(header_names_and_values_are_given_as_sent),
		cmocka_unit_test(limits_are_exact),
		cmocka_unit_test(limits_refuse_before_the_rest_is_there),
		cmocka_unit_test(a_body_of_the_limit_is_taken),
		cmocka_unit_test(some_addresses_take_larger_bodies),
		cmocka_unit_test(a_body_of_one_byte_chunks_is_bounded),
		cmocka_unit_test(a_refused_head_request_is_known_as_one),
		cmocka_unit_test(query_values_are_decoded_or_bad),
		cmocka_unit_test(a_request_without_a_query_has_no_values),
		cmocka_unit_test(a_malformed_traceparent_counts_as_none),
	};

	return cmocka_run_group_tests_name("http/parse", tests, set_up, tear_down);
}
