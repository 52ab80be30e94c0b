/* account_parts.h - what the two files of the account share: a state of knowledge, and its runs. */
#ifndef CONCORDAT_CORE_ACCOUNT_PARTS_H
#define CONCORDAT_CORE_ACCOUNT_PARTS_H

#include "concordat/core/account.h"

/* A version of the agreement, or agreed interim terms. All members are compared by their bytes. */
struct paid_by {
	int64_t number; /* of the agreement; 0: interim terms */
	int32_t entry;
	int32_t from_day, to_day, paid_from_day; /* to_day NO_DAY: no end */
	int32_t funding_from_day;     /* since when its own funding stands; NO_DAY: none */
	const struct terms *terms;    /* NULL: interim terms */
	int64_t weekly_p;	      /* but for quality_on */
	struct quality_clause clause; /* of what quality does to it, where its terms say any */
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
	const struct quality *qualities;
	size_t quality_count;
};

/* Nights in a row that are paid by the same, and the first nights of the stretches that amounts
 * are counted from. */
struct run {
	int32_t from_day, to_day;
	const struct paid_by *version;
	struct uuid provider; /* by the newest version of the day, though its fee may still wait */
	const struct away *absence; /* NULL: none */
	bool past_end;		    /* behind the last day of the terms, which are paid on */
	struct quality_found quality;
	int32_t funding_entry;
	const struct list *parts; /* struct funding_part: who pays */
	struct amounts weekly;
	int64_t top_up_p;	       /* what a third party pays of the whole fee, away or not */
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

/* From the first night that is paid for, or will be, as known now; to_day EVER: no end. */
#define EVER (INT32_MAX / 2)
struct runs runs_now(struct arena *arena, const struct placement *placement);

/* account_payer.c: which funders' parts of the run are that payer's: bits 1 << enum funder; all of
 * them when it is zero. */
unsigned run_parts_of(const struct run *run, struct uuid payer);
/* Whether a third party pays a part of the run that nobody has signed for. */
bool top_up_is_unsigned(const struct placement *placement, const struct run *run);
/* Of the amounts those of these funders, and what they come to. */
struct amounts amounts_of(const struct amounts *amounts, unsigned funders);

void amounts_add(struct amounts *sum, const struct amounts *more, int sign);
bool amounts_are_same(const struct amounts *one, const struct amounts *other);

#endif
