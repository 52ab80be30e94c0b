/*
 * accept.c - whether a caller takes JSON, by its Accept headers (RFC 9110, 12.5.1).
 *
 * Everything here is answered in JSON, so there is nothing to choose: only whether that is refused.
 */
#include "accept.h"

#include <string.h>

#include "octet.h"

/* What fits our answers, most exact first. */
static const char *const ranges[] = {"application/json", "application/problem+json",
				     "application/*", "*/*"};
#define RANGES (sizeof(ranges) / sizeof(*ranges))

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static struct text trimmed(struct text t)
{
	while (t.len && is_blank(t.at[0])) {
		t.at++;
		t.len--;
	}
	while (t.len && is_blank(t.at[t.len - 1]))
		t.len--;
	return t;
}

/* Takes what stands before the mark off the front of rest. */
static struct text cut(struct text *rest, char mark)
{
	const char *at = rest->len ? memchr(rest->at, mark, rest->len) : NULL;
	struct text piece = {rest->at, at ? (size_t)(at - rest->at) : rest->len};
	size_t used = piece.len + (at ? 1 : 0);

	rest->at += used;
	rest->len -= used;
	return trimmed(piece);
}

/* "q=0", "q=0.", "q=0.000" */
static bool is_weight_zero(struct text parameter)
{
	if (parameter.len < 3 || strncasecmp(parameter.at, "q=0", 3))
		return false;
	for (size_t i = 3; i < parameter.len; i++)
		if (parameter.at[i] != (i == 3 ? '.' : '0'))
			return false;
	return true;
}

/* One range and its parameters: which range of ours it is, and whether it is refused. */
static size_t range_of(struct text element, bool *refused)
{
	struct text range = cut(&element, ';');

	*refused = false;
	while (element.len)
		if (is_weight_zero(cut(&element, ';')))
			*refused = true;
	for (size_t i = 0; i < RANGES; i++)
		if (header_is(range, ranges[i]))
			return i;
	return RANGES;
}

bool accepts_json(const struct http_request *request)
{
	size_t best = RANGES;
	bool given = false, refused = false;

	for (size_t i = 0; i < request->header_count; i++) {
		struct text list = request->headers[i].value;

		if (!header_is(request->headers[i].name, "accept"))
			continue;
		given = true;
		while (list.len) {
			bool no;
			size_t range = range_of(cut(&list, ','), &no);

			if (range > best || range == RANGES)
				continue;
			refused = range < best ? no : refused && no;
			best = range;
		}
	}
	return !given || (best < RANGES && !refused);
}
