/*
 * rate.h - how many requests an organisation may send in a second, so that one cannot crowd out the
 * others.
 */
#ifndef CONCORDAT_SERVER_HTTP_RATE_H
#define CONCORDAT_SERVER_HTTP_RATE_H

#include "concordat/base/id.h"

struct rate;

/* per_second 0: no limit. */
struct rate *rate_new(struct arena *arena, int64_t per_second);
bool rate_allows(struct rate *rate, struct uuid organisation);

#endif
