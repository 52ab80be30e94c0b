/*
 * fuzz_http.c - any bytes to the HTTP parser, whole and in pieces.
 *
 * The first byte chooses the split. Whatever the split, the outcome, the bytes taken and
 * the request must be the same; requests behind a whole one are parsed in turn.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "http/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
	if (!good)
		abort();
}

static size_t parse(struct parser *p, struct arena *arena, const struct http_limits *limits,
		    const char *bytes, size_t size, size_t piece)
{
	size_t at = 0, most, taken;

	parser_start(p, arena, limits);
	while (at < size && (p->state == PARSE_HEAD || p->state == PARSE_BODY)) {
		most = size - at < piece ? size - at : piece;
		taken = parser_feed(p, bytes + at, most);
		check(taken <= most);
		at += taken;
	}
	return at;
}

static void check_text(struct text a, struct text b)
{
	check((a.at == NULL) == (b.at == NULL) && text_eq(a, b));
}

static void check_request(struct arena *arena, const struct parser *p)
{
	struct http_request request = {.arena = arena, .query = p->query};
	struct text host = TEXT_NONE;
	bool bad = false;

	request.headers = p->headers;
	request.header_count = p->header_count;
	host = http_header_value(&request, "host");
	check(host.len > 0 && p->path.len > 0 && p->path.at[0] == '/');
	check((int64_t)p->body.len <= p->limits->body_bytes);
	check(p->body.len == 0 || (p->method != HTTP_GET_ && p->method != HTTP_HEAD_));
	for (size_t i = 0; i < p->header_count; i++) {
		check(!memchr(p->headers[i].value.at, '\r', p->headers[i].value.len));
		check(!memchr(p->headers[i].value.at, '\n', p->headers[i].value.len));
		check(!memchr(p->headers[i].value.at, '\0', p->headers[i].value.len));
	}
	http_query_value(&request, "a", &bad);
	traceparent_of(p->headers, p->header_count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Small, so that every limit is within a short input's reach. */
	static const struct http_limits limits = {
		.head_bytes = 512, .header_count = 8, .target_bytes = 64, .body_bytes = 128};
	struct parser whole, split;
	struct arena *arena;
	const char *bytes = (const char *)data + 1;
	size_t taken, piece;

	if (size < 2)
		return 0;
	piece = 1 + data[0] % 32;
	size--;
	do {
		arena = arena_new();
		taken = parse(&whole, arena, &limits, bytes, size, size);
		check(taken == parse(&split, arena, &limits, bytes, size, piece));
		check(whole.state == split.state && whole.refusal == split.refusal);
		check((whole.state == PARSE_REFUSED) == (whole.refusal != NULL));
		if (whole.state == PARSE_WHOLE) {
			check_text(whole.path, split.path);
			check_text(whole.query, split.query);
			check_text(whole.body, split.body);
			check(whole.header_count == split.header_count);
			check(whole.keep_alive == split.keep_alive);
			check_request(arena, &whole);
		}
		arena_free(arena);
		bytes += taken;
		size -= taken;
	} while (whole.state == PARSE_WHOLE && size > 0);
	return 0;
}
