/*
 * account.h - what each payer pays for each night, and what changes hands when more becomes known.
 *
 * Pure: worked out from the entries alone, so it can be asked as of any instant. A night is paid by
 * the version of the agreement that covers it (the newest; before the first, the agreed interim
 * terms), with what its terms make of the home's score in force on it, by the funding that stands
 * on it, and scaled while the person is away.
 *
 * Roundings accumulate. Nights in a row with one fee to one provider come to fee x nights so far /
 * 7, to the nearest penny; some of them come to the difference between two such sums. So a fee may
 * be cut anywhere, by the days that are asked for, by another payer, by a night away that is paid
 * in full, and the pieces are the whole; a piece may be a penny off its own nights x fee / 7. A
 * payer's part is counted so while the parts stay the same; who takes the remainder takes what the
 * others' roundings leave.
 *
 * What is known changes. A night is charged as it was known by its own day; what becomes known
 * later is an adjustment, paid at once, or from the day that an uplift says it is paid from. For
 * every payer and every range: charged + adjusted = due, to the penny.
 */
#ifndef CONCORDAT_CORE_ACCOUNT_H
#define CONCORDAT_CORE_ACCOUNT_H

#include "concordat/core/placement.h"

/* A total and what each payer's part of it is; together the parts are the total. */
struct amounts {
	int64_t total_p;
	int64_t by_p[FUNDER_COUNT];
	unsigned payers; /* bits 1 << enum funder: who has a part at all, be it nothing */
};

struct account_question {
	int64_t known_at_us;	  /* entries recorded by then count */
	int32_t from_day, to_day; /* nights, both included */
	struct uuid provider;	  /* what it is paid; zero: whoever is */
	struct uuid payer;	  /* a co-payer's own part and nothing else, of the nights that it
				     pays for; every total is then that part. Zero: all of it */
};

struct account_period {
	int32_t from_day, to_day; /* its first and last night */
	int64_t nights;
	struct amounts weekly; /* as paid: with quality, and scaled while away */
	struct amounts due;
	struct uuid provider;
	int32_t agreement;     /* the version's number; 0: interim terms */
	int32_t entry;	       /* that made the version, or agreed the interim terms */
	int32_t funding_entry; /* that says who pays */
	int32_t absence_entry; /* 0: the person was there */
	/* what the home's score does to the fee; terms NULL: nothing hangs on it */
	const struct terms *terms;
	struct quality_found quality;
	/* behind the last day of the terms: they are paid on until the end of care is recorded, or
	 * other terms are signed */
	bool past_end;
	/* the third party has not signed for its part: the authority stands behind it */
	bool top_up_unsigned;
};

struct account_adjustment {
	int32_t entry;		  /* that made it known */
	int32_t known_day;	  /* London */
	int32_t paid_day;	  /* nights before it are put right then */
	int32_t from_day, to_day; /* the first and the last night that it changes */
	int64_t nights;		  /* how many it changes */
	struct amounts difference;
};

struct account {
	struct account_question asked;
	int64_t nights;
	struct amounts charged;	 /* each night as it was known by its own day */
	struct amounts adjusted; /* the sum of the adjustments */
	struct amounts due;	 /* as known now */
	struct list periods;	 /* struct account_period, by day */
	struct list adjustments; /* struct account_adjustment, in the order they were paid */
};

void account_work(struct arena *arena, const struct placement *placement,
		  const struct account_question *question, struct account *out);

/* What one night is paid by, as known now. False: nothing is paid for it. */
bool account_on(struct arena *arena, const struct placement *placement, int32_t day,
		struct account_period *out);
/* What is paid by from the next change of it after that day, as known now. False: nothing changes.
 */
bool account_after(struct arena *arena, const struct placement *placement, int32_t day,
		   struct account_period *out);

/* What the entry at seq, the last one, changes for nights already past; difference.payers is 0 when
 * it changes nothing. */
struct account_adjustment account_of_last(struct arena *arena, const struct placement *placement);

/* Who pays that much a week, as a third party, of some night; NO_INT: anything. struct uuid, each
 * once; zero: one that takes no part here. */
struct list account_top_up_payers(struct arena *arena, const struct placement *placement,
				  int64_t weekly_p);

/* What one co-payer pays a week from a day on, whatever anybody else does. */
struct payer_share {
	int32_t from_day, to_day; /* nights; NO_DAY: no end is known */
	int64_t weekly_p;
	bool top_up_unsigned; /* it pays a top-up and has not signed for it */
};
/* Its shares by day, as known now, before care starts too. last: false when it pays nothing any
 * more from some night on, because another change says so. */
struct list account_payer_shares(struct arena *arena, const struct placement *placement,
				 struct uuid payer, bool *last);
/* Every organisation that pays for some night as known now: struct uuid, each once. */
struct list account_payers(struct arena *arena, const struct placement *placement);
/* Whether the entry changes what the co-payer pays for nights already past when it was recorded. */
bool account_changes_past(struct arena *arena, const struct placement *placement, struct uuid payer,
			  const struct fact *fact);

/* The payers' parts as a list of struct payer_amount; those without a part are left out. */
struct list amounts_list(struct arena *arena, const struct amounts *amounts);

#endif
