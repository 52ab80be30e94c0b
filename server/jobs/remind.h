/* remind.h - whom a reminder, or an entry of a home's record, is for, and its words. No I/O. */
#ifndef CONCORDAT_SERVER_JOBS_REMIND_H
#define CONCORDAT_SERVER_JOBS_REMIND_H

#include "internal.h"

#define TOLD_MOST 8 /* parties in one reminder */

/* What the clock looks at: one of the two. */
struct reminded {
	const struct placement *placement;
	const struct home_read *home;
	const struct world *world;
};

/* NULL: it is not there. */
const struct obligation *reminded_due(const struct reminded *of, int32_t entry, int32_t n);
/* How many of notices, TOLD_MOST of them, are filled. */
size_t reminded_notices(const struct jobs *jobs, struct arena *arena, const struct reminded *of,
			const struct obligation *o, struct text name, struct notice *notices);
/* What the webhooks of the same are sent. */
void reminded_documents(const struct jobs *jobs, struct arena *arena, const struct reminded *of,
			const struct obligation *o, struct text name, struct notice *notices,
			size_t count);

/* Whether what the fact opens, moves or says was missed is the party's to do. */
bool fact_is_owed(const struct placement *placement, const struct fact *fact,
		  const struct party *party);

#define HOME_TOLD 2 /* the authority, and the home's provider */

/* Fills both: who recorded it gets no e-mail of it. */
void home_notices(struct arena *arena, struct text public_url, const struct home_read *read,
		  const struct home_fact *fact, int64_t leaf_index,
		  struct notice notices[HOME_TOLD]);

#endif
