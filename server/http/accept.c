/*
 * accept.c - what a caller takes, by its Accept headers (RFC 9110, 12.5.1).
 *
 * Nearly everything here is answered in JSON, so there is little to choose: whether that is
 * refused, or something else that the route gives is wanted more.
 */
#include "accept.h"

#include <stdio.h>
#include <string.h>

#include "octet.h"

#define JSON_TYPE "application/json"
#define WEIGHT_FULL 1000
#define TYPE_MOST 40

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

/* "q=0.5" to thousandths; what is no weight leaves it as it is. */
static void take_weight(struct text parameter, int *weight)
{
	int digit = WEIGHT_FULL / 10, sum;

	if (parameter.len < 3 || strncasecmp(parameter.at, "q=", 2) ||
	    (parameter.at[2] != '0' && parameter.at[2] != '1'))
		return;
	sum = (parameter.at[2] - '0') * WEIGHT_FULL;
	for (size_t i = 4; i < parameter.len && digit; i++, digit /= 10)
		if (parameter.at[i] >= '0' && parameter.at[i] <= '9')
			sum += (parameter.at[i] - '0') * digit;
	*weight = sum > WEIGHT_FULL ? WEIGHT_FULL : sum;
}

/* How exactly the range fits the type: 3 by name, 2 by its kind, 1 as anything does, 0 not. */
static int exactness(struct text range, const char *type)
{
	char kind[TYPE_MOST];

	snprintf(kind, sizeof(kind), "%.*s/*", (int)strcspn(type, "/"), type);
	if (header_is(range, type) ||
	    (!strcmp(type, JSON_TYPE) && header_is(range, "application/problem+json")))
		return 3;
	return header_is(range, kind) ? 2 : header_is(range, "*/*") ? 1 : 0;
}

struct wish {
	int exactness, weight;
};

/* Of two ranges as exact the kinder one counts. */
static void weigh_element(struct text element, const char *type, struct wish *wish)
{
	int exact = exactness(cut(&element, ';'), type), weight = WEIGHT_FULL;

	while (element.len)
		take_weight(cut(&element, ';'), &weight);
	if (exact > wish->exactness || (exact && exact == wish->exactness && weight > wish->weight))
		*wish = (struct wish){exact, weight};
}

static struct wish wish_for(const struct http_request *request, const char *type)
{
	struct wish wish = {0};
	bool given = false;

	for (size_t i = 0; i < request->header_count; i++) {
		struct text list = request->headers[i].value;

		if (!header_is(request->headers[i].name, "accept"))
			continue;
		given = true;
		while (list.len)
			weigh_element(cut(&list, ','), type, &wish);
	}
	return given ? wish : (struct wish){1, WEIGHT_FULL};
}

const char *accept_choice(const struct http_request *request, bool has_json,
			  const char *const *beside)
{
	const char *best = JSON_TYPE;
	struct wish most;

	if (!has_json)
		return beside[0];
	most = wish_for(request, JSON_TYPE);
	for (size_t i = 0; beside && beside[i]; i++) {
		struct wish wish = wish_for(request, beside[i]);

		if (wish.weight <= most.weight)
			continue;
		most = wish;
		best = beside[i];
	}
	return most.weight ? best : NULL;
}
