/*
 * request.c - what a handler asks of a request: headers, query, trace.
 *
 * Values are given as sent, or decoded into the request's arena. Nothing here
 * refuses a request: that was parse.c, or will be the handler.
 */
#include <string.h>

#include "concordat/wire/trace.h"
#include "octet.h"
#include "parse.h"

struct text http_header_value(const struct http_request *request, const char *name)
{
	for (size_t i = 0; i < request->header_count; i++)
		if (header_is(request->headers[i].name, name))
			return request->headers[i].value;
	return TEXT_NONE;
}

/* Decodes %XX and '+'. False when an escape is cut short, not hexadecimal or NUL, or the result is
 * not UTF-8. */
static bool decode(struct arena *arena, struct text in, struct text *out)
{
	char *to = arena_alloc(arena, in.len + 1);
	int high, low;
	size_t n = 0;

	for (size_t i = 0; i < in.len; i++) {
		if (in.at[i] != '%') {
			to[n++] = in.at[i] == '+' ? ' ' : in.at[i];
			continue;
		}
		high = i + 2 < in.len ? hex_value(in.at[i + 1]) : -1;
		low = i + 2 < in.len ? hex_value(in.at[i + 2]) : -1;
		if (high < 0 || low < 0 || high + low == 0)
			return false;
		to[n++] = (char)(high * 16 + low);
		i += 2;
	}
	*out = (struct text){to, n};
	return text_is_utf8(*out);
}

/* Takes the piece before the mark off the front of rest; all of it when there is no mark. */
static struct text cut(struct text *rest, char mark)
{
	const char *at = memchr(rest->at, mark, rest->len);
	struct text piece = {rest->at, at ? (size_t)(at - rest->at) : rest->len};
	size_t used = at ? piece.len + 1 : piece.len;

	rest->at += used;
	rest->len -= used;
	return piece;
}

struct text http_query_value(struct http_request *request, const char *name, bool *bad)
{
	struct text rest = request->query, found = TEXT_NONE, pair, key;

	while (rest.len > 0) {
		pair = cut(&rest, '&');
		key = cut(&pair, '=');
		if (!decode(request->arena, key, &key)) {
			*bad = true;
			return TEXT_NONE;
		}
		if (!text_is(key, name))
			continue;
		if (found.at || !decode(request->arena, pair, &found)) {
			*bad = true;
			return TEXT_NONE;
		}
	}
	return found;
}

struct text traceparent_of(const struct http_header *headers, size_t count)
{
	struct text found = TEXT_NONE;

	for (size_t i = 0; i < count; i++) {
		if (!header_is(headers[i].name, "traceparent"))
			continue;
		if (found.at || !trace_is_sound(headers[i].value))
			return TEXT_NONE;
		found = headers[i].value;
	}
	return found;
}
