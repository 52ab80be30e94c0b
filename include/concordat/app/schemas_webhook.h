/*
 * schemas_webhook.h - what is asked and answered about webhooks: beside schemas.h.
 */
#ifndef CONCORDAT_APP_SCHEMAS_WEBHOOK_H
#define CONCORDAT_APP_SCHEMAS_WEBHOOK_H

#include "concordat/core/schema.h"

/* What a webhook may be told of: every kind of entry, of a placement or of a home, and
 * "reminder". NULL-terminated. */
extern const char *const webhook_kind_names[];
extern const size_t webhook_kind_count;

/* Of a call that says nothing but that it is made: {}. */
struct webhook_call {
	char nothing;
};
extern const struct schema webhook_call_schema;

struct webhook_request {
	struct text url, description;
	struct list kinds; /* int32_t, of webhook_kind_names; empty: all */
};
extern const struct schema webhook_request_schema;

struct webhook_row {
	struct uuid id;
	struct text url, description;
	struct list kinds; /* int32_t; empty: all */
	struct text state, disabled_because;
	int64_t old_secret_until_us, failing_since_us, slowed_until_us, created_at_us;
	struct text secret; /* once, in the answer that made it */
};
extern const struct schema webhook_row_schema;

struct webhook_test {
	struct uuid delivery;
};
extern const struct schema webhook_test_schema;

struct webhook_replay {
	struct uuid delivery; /* zero: those of a time */
	int64_t since_us, until_us;
	bool delivered; /* those that were delivered, too */
};
extern const struct schema webhook_replay_schema;

struct webhook_replayed {
	struct uuid webhook;
	int64_t queued;
	int64_t up_to_us;
	bool more;
};
extern const struct schema webhook_replayed_schema;

struct webhook_failure {
	struct uuid delivery, placement;
	struct text kind, state, url, answer;
	int64_t attempts, status;
	int64_t created_at_us, tried_at_us, next_try_at_us;
};
extern const struct schema webhook_failure_schema;

#endif
