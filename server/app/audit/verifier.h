/* verifier.h - what the files share that read for a check. */
#ifndef CONCORDAT_SERVER_APP_VERIFIER_H
#define CONCORDAT_SERVER_APP_VERIFIER_H

#include "audit/check.h"
#include "internal.h"

struct verifier {
	const struct verify_plan *plan;
	struct store_session *session;
	struct app app; /* no more of it than the keys */
	bool has_keys;
	struct generation *reference;
	int64_t history_since_us, now_us;
	uint8_t (*keys)[32]; /* that sign logs */
	size_t key_count;
};

/* A log from its first leaf to its last (verify_log.c); as verifier_check. */
bool verify_log(struct verifier *v, const struct verify_unit *unit, struct arena *arena,
		struct verified *out, struct text *why) __attribute__((warn_unused_result));

#endif
