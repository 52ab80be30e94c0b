/*
 * spans.h - a list of spans of time as people write it: "5s 5m 30m 2h".
 *
 * Each is a whole number and its unit: ms, s, m, h or d. For settings, which are read once.
 */
#ifndef CONCORDAT_BASE_SPANS_H
#define CONCORDAT_BASE_SPANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "concordat/base/text.h"

#define SPANS_MOST 24

struct spans {
	int64_t ms[SPANS_MOST];
	size_t count;
};

/* One to SPANS_MOST of them, each of 1 ms to 31 days, between single or several spaces. */
bool spans_parse(struct text t, struct spans *out) __attribute__((warn_unused_result));

/* The n-th in ms, from 1, and the first n together; behind the last it repeats. */
int64_t spans_nth(const struct spans *spans, int64_t n);
int64_t spans_sum(const struct spans *spans, int64_t n);

#endif
