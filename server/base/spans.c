/*
 * spans.c - a list of spans of time as people write it.
 */
#include "concordat/base/spans.h"

#define LONGEST_MS (INT64_C(31) * 24 * 3600 * 1000)

static const struct {
	const char *name;
	int64_t ms;
} units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}};

static bool span_parse(struct text word, int64_t *ms)
{
	size_t digits = 0;
	int64_t number;
	struct text unit;

	while (digits < word.len && word.at[digits] >= '0' && word.at[digits] <= '9')
		digits++;
	if (!digits || digits > 9 || !text_to_int((struct text){word.at, digits}, &number))
		return false;
	unit = (struct text){word.at + digits, word.len - digits};
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (!text_is(unit, units[i].name))
			continue;
		*ms = number * units[i].ms;
		return *ms > 0 && *ms <= LONGEST_MS;
	}
	return false;
}

bool spans_parse(struct text t, struct spans *out)
{
	out->count = 0;
	for (size_t at = 0, end; at < t.len; at = end) {
		while (at < t.len && t.at[at] == ' ')
			at++;
		for (end = at; end < t.len && t.at[end] != ' ';)
			end++;
		if (end == at)
			break;
		if (out->count == SPANS_MOST ||
		    !span_parse((struct text){t.at + at, end - at}, &out->ms[out->count]))
			return false;
		out->count++;
	}
	return out->count > 0;
}

int64_t spans_nth(const struct spans *spans, int64_t n)
{
	int64_t count = (int64_t)spans->count;

	return spans->ms[(n < count ? n : count) - 1];
}

int64_t spans_sum(const struct spans *spans, int64_t n)
{
	int64_t count = (int64_t)spans->count, sum = 0;

	for (int64_t i = 1; i <= n && i <= count; i++)
		sum += spans_nth(spans, i);
	return n > count ? sum + (n - count) * spans_nth(spans, n) : sum;
}
