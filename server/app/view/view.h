/* view.h - what the files that draw a placement share. */
#ifndef CONCORDAT_SERVER_APP_VIEW_H
#define CONCORDAT_SERVER_APP_VIEW_H

#include "view/viewer.h"

/* The home whose standing this viewer is shown; zero: none is. */
struct uuid view_home_followed(const struct viewer *v);

/* view_terms.c: into the object that is open. */
void view_guide(struct writer *w, const struct viewer *v);
void view_threads(struct writer *w, const struct viewer *v);
/* False, and nothing written, when this viewer does not see it. */
bool view_agreement(struct writer *w, const struct viewer *v, const struct agreement *agreement);
void view_agreements(struct writer *w, const struct viewer *v);
/* What the person pays of a fee of so much a week, for whoever represents them; NO_INT: not agreed
 * yet. Nothing when the person pays nothing. */
void view_contribution(struct writer *w, const struct viewer *v, const struct list *funding,
		       int64_t weekly_p);

/* view_money.c: the fee today and the next, interim terms, nights away, top-ups. */
void view_money(struct writer *w, const struct viewer *v);
void view_top_ups(struct writer *w, const struct viewer *v);

/* view_co_payer.c: all that a co-payer sees, but what it may do next. */
void view_co_payer(struct writer *w, const struct viewer *v);

/* view_mediation.c: the strand's latest, as its member; nothing when there is none. */
void view_mediation(struct writer *w, const struct viewer *v, const struct thread *thread);

/* view_ending.c: notice and plans, how it ended, a change of provider; then the complaints. */
void view_ending(struct writer *w, const struct viewer *v);
void view_complaints(struct writer *w, const struct viewer *v);

/* view_due.c */

/* "12.1": the party's own number of the entry that opened it, and its number there. */
struct text view_obligation_id(struct arena *arena, const struct viewer *v,
			       const struct obligation *obligation);
/* The obligation of such an id, or NULL when this viewer may not see it. */
const struct obligation *view_obligation_find(const struct viewer *v, struct text id);
/* Turns the entries and threads that a fact names into the viewer's own numbers, and leaves out
 * what belongs to an entry that is hidden. copy: a private one, with its lists; its own seq stays.
 */
void view_own_numbers(const struct viewer *v, struct fact *copy);
void view_obligations(struct writer *w, const struct viewer *v);

/* view_between.c: changes of dates that are asked for, messages, notes, documents, disputes. */

/* Which entry it is, when it came and from whom. */
void view_said(struct writer *w, const struct viewer *v, const struct fact *fact);
/* The entries of one kind that this viewer sees, newest last, each with its head and its members.
 */
typedef void (*view_head)(struct writer *w, const struct viewer *v, const struct fact *fact);
void view_entries(struct writer *w, const struct viewer *v, const char *name, enum fact_kind kind,
		  view_head put_head);
/* Members that say so: disputed_by, corrected_by, in_error_by, redacted_by. */
void view_marks(struct writer *w, const struct viewer *v, int32_t seq);
void view_between(struct writer *w, const struct viewer *v);
/* One obligation with each day of its date explained. */
void view_obligation_explained(struct writer *w, const struct viewer *v,
			       const struct obligation *obligation);

#endif
