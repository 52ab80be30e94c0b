/* remind.h - whom a reminder, or an entry of a home's record, is for, and its words. No I/O. */
#ifndef CONCORDAT_SERVER_JOBS_REMIND_H
#define CONCORDAT_SERVER_JOBS_REMIND_H

#include "internal.h"

#define TOLD_MOST 8		      /* parties in one reminder */
#define REMINDED_MOST (3 * TOLD_MOST) /* it is one of three days somewhere, looking back */

/* What the clock looks at: one of the two. */
struct reminded {
	const struct placement *placement;
	const struct home_read *home;
	const struct world *world;
};

/* NULL: it is not there. */
const struct obligation *reminded_due(const struct reminded *of, int32_t entry, int32_t n);
/* The reminders of every day whose 09:00 may have come to a reader somewhere from since_us until
 * now_us; who of them is told which is the database's to say (deliver). How many of notices,
 * REMINDED_MOST of them, are filled. */
size_t reminded_notices(const struct jobs *jobs, struct arena *arena, const struct reminded *of,
			const struct obligation *o, int64_t since_us, int64_t now_us,
			bool has_webhooks, struct notice *notices);

/* Whether what the fact opens, moves or says was missed is the party's to do. */
bool fact_is_owed(const struct placement *placement, const struct fact *fact,
		  const struct party *party);

/* Fills both: who recorded it gets no e-mail of it. */
void home_notices(struct arena *arena, struct text public_url, const struct home_read *read,
		  const struct home_fact *fact, int64_t leaf_index,
		  struct notice notices[HOME_TOLD]);

#endif
