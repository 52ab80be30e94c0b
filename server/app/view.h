/*
 * view.h - what the files that draw a placement share.
 *
 * A viewer is one party looking at one settled placement. Whether it may see something is asked of
 * the entry that said it (core's fact_visible) and of the field tables (audience).
 */
#ifndef CONCORDAT_SERVER_APP_VIEW_H
#define CONCORDAT_SERVER_APP_VIEW_H

#include "concordat/app/parts.h"

struct viewer {
	const struct authority_settings *settings;
	const struct placement *placement;
	const struct actor *actor;
	const struct party *party;
	enum audience audience;
	int64_t now_us;
};

/* The entry, or NULL when there is none or this viewer may not see it. */
const struct fact *view_entry(const struct viewer *v, int64_t seq);
/* The newest entry of the kind that this viewer may see, or NULL. */
const struct fact *view_newest(const struct viewer *v, enum fact_kind kind);
bool view_sees_thread(const struct viewer *v, const struct thread *thread);
bool view_sees_obligation(const struct viewer *v, const struct obligation *obligation);

/* view_terms.c: into the object that is open. */
void view_guide(struct writer *w, const struct viewer *v);
void view_threads(struct writer *w, const struct viewer *v);
void view_agreements(struct writer *w, const struct viewer *v);

/* view_due.c */
void view_obligations(struct writer *w, const struct viewer *v);
/* One obligation with each day of its date explained. */
void view_obligation_explained(struct writer *w, const struct viewer *v,
			       const struct obligation *obligation);
/* "due_at", "due_words", "provisional", "sentence", "steps" of any clock. */
void view_explanation(struct writer *w, const struct due_explanation *explanation);

#endif
