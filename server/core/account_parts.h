/* account_parts.h - what the two files of the account share: a state of knowledge, and its runs. */
#ifndef CONCORDAT_CORE_ACCOUNT_PARTS_H
#define CONCORDAT_CORE_ACCOUNT_PARTS_H

#include "concordat/core/account.h"

/* A version of the agreement, or agreed interim terms. All members are compared by their bytes. */
struct paid_by {
	int64_t number; /* of the agreement; 0: interim terms */
	int32_t entry;
	int32_t from_day, to_day, paid_from_day; /* to_day NO_DAY: no end */
	int32_t funding_from_day;  /* since when its own funding stands; NO_DAY: none */
	const struct terms *terms; /* NULL: interim terms */
	int64_t weekly_p;
	struct uuid provider;
};

struct away {
	int32_t entry, from_day, to_day; /* NO_DAY: no end yet */
	int64_t held_r;
};

/* All that money rests on, as it was known at one time. */
struct known {
	int32_t first_night, last_night; /* NO_DAY: not started; no end */
	const struct list *opening;	 /* struct funding_part */
	struct paid_by *versions;	 /* interim terms first, then by number */
	size_t version_count;
	struct funding_change *changes;
	size_t change_count;
	struct away *absences;
	size_t absence_count;
};

/* Nights in a row that are paid by the same, and the first nights of the stretches that amounts
 * are counted from. */
struct run {
	int32_t from_day, to_day;
	const struct paid_by *version;
	const struct away *absence; /* NULL: none */
	int32_t funding_entry;
	struct amounts weekly;
	enum funder rest;	       /* who takes the remainder */
	int32_t total_since, by_since; /* of the same fee; of the same parts too */
};

struct runs {
	struct run *items;
	size_t count;
};

struct known *known_now(struct arena *arena, const struct placement *placement);
bool known_same(const struct known *one, const struct known *other);
/* The nights up to to_day. Versions that are paid from a later day than paid_day do not count yet.
 */
struct runs known_runs(struct arena *arena, const struct known *known, int32_t paid_day,
		       int32_t to_day);
/* What is due for the run's nights in a range. */
struct amounts run_due(const struct run *run, int32_t from_day, int32_t to_day);

void amounts_add(struct amounts *sum, const struct amounts *more, int sign);
bool amounts_are_same(const struct amounts *one, const struct amounts *other);

#endif
