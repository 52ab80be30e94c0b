/*
 * viewer.h - one party looking at one settled placement.
 *
 * Whether it may see something is asked of the entry that said it (core's fact_visible) and of the
 * field tables (audience). Entries and threads are shown by the party's own numbers (core's
 * party_entry, party_strand), never by the placement's.
 */
#ifndef CONCORDAT_SERVER_APP_VIEWER_H
#define CONCORDAT_SERVER_APP_VIEWER_H

#include "concordat/app/parts.h"

struct viewer {
	const struct authority_settings *settings;
	const struct placement *placement;
	const struct actor *actor;
	const struct party *party;
	enum audience audience;
	int64_t now_us;
	const int32_t *numbers; /* view_numbers, where many are asked for; NULL: counted each time
				 */
	struct worked *worked;	/* NULL: nothing is kept */
};

/* Every entry's number for the party, 0 where it may not see it. */
const int32_t *view_numbers(struct arena *arena, const struct placement *placement,
			    const struct party *party);

/* The entry, or NULL when there is none or this viewer may not see it. */
const struct fact *view_entry(const struct viewer *v, int64_t seq);
/* The viewer's own number of the entry at seq; 0 when it may not see that one. */
int32_t view_number(const struct viewer *v, int64_t seq);
/* The newest entry of the kind that this viewer may see, or NULL. */
const struct fact *view_newest(const struct viewer *v, enum fact_kind kind);
/* The viewer's own number of the placement's thread; 0 when it is another's. */
int64_t view_strand(const struct viewer *v, int64_t thread);
bool view_sees_thread(const struct viewer *v, const struct thread *thread);
bool party_sees_obligation(const struct placement *placement, const struct party *party,
			   const struct obligation *o);
bool view_sees_obligation(const struct viewer *v, const struct obligation *obligation);

#endif
