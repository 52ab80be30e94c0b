/* apply_parts.h - what the files that fold a fact share: apply.c calls the others. */
#ifndef CONCORDAT_CORE_APPLY_PARTS_H
#define CONCORDAT_CORE_APPLY_PARTS_H

#include "concordat/core/situation.h"

/* apply.c */
/* How far the open round has come, and with the first one the placement. */
void set_stage(struct placement *p, enum stage stage);
void end_placement(struct placement *p, enum end_reason reason, const struct fact *fact);

/* apply_round.c */
/* A fact of the next round opens it, with a strand for the agreement's provider. */
void open_round(struct placement *p, const struct fact *fact);
/* A later round is over without an agreement: the one in force stands as it was. */
void close_round(struct placement *p, struct thread *thread, const struct fact *fact);
/* The provider of a later round's strand is a party by its agreement's strand again. */
void back_to_agreement(struct placement *p, const struct thread *thread);
bool apply_in_round(struct placement *p, const struct fact *fact);

/* apply_beside.c */
bool apply_beside(struct placement *p, const struct fact *fact);

/* apply_uplift.c */
/* An uplift is a version at once, or the offer of a round; a challenge is of one. */
bool apply_uplifting(struct placement *p, const struct fact *fact);

/* apply_homes.c */
bool apply_followed(struct placement *p, const struct fact *fact);

/* apply_strand.c */
struct thread *fact_thread(struct placement *p, const struct fact *fact);
/* Of one provider, chosen and told who the person is, as of one that already has the care. */
struct thread *add_strand(struct placement *p, const struct fact *fact, struct uuid provider,
			  struct uuid home, enum side turn);
void end_thread(struct thread *thread, enum thread_state state, const struct fact *fact);
/* Adds a party and counts for it what it may see so far. thread: NULL, it has none. */
void add_party(struct placement *p, struct uuid organisation, enum side side,
	       const struct thread *thread, const struct fact *fact);
/* Counts again what it may see of the first entries. */
void count_entries(const struct placement *p, struct party *party, size_t first);
struct offer *add_offer(struct placement *p, struct thread *thread, const struct fact *fact,
			enum side side, const struct make_offer *data);
void begin_signing(struct placement *p, struct thread *thread);
/* The next version, of the offer's terms: it is in force. */
void make_agreement(struct placement *p, const struct fact *fact, struct thread *thread,
		    const struct offer *offer, enum agreement_basis basis);
void apply_invited(struct placement *p, const struct fact *fact);
bool apply_in_strand(struct placement *p, const struct fact *fact);
bool apply_lapsed_strand(struct placement *p, const struct fact *fact, struct thread *thread,
			 const struct lapse_row *row);

/* apply_ending.c */
bool apply_ending(struct placement *p, const struct fact *fact);
bool apply_novation(struct placement *p, const struct fact *fact);
bool apply_novation_dropped(struct placement *p, const struct fact *fact);
/* Told in both strands: in that of who was to take over, it is over; in the other, the proposal. */
void end_novation(struct placement *p, struct thread *thread, const struct fact *fact);
/* It never consented, so it reads no more; one that had a part before has that one again. */
void end_novating(struct placement *p, struct thread *thread, const struct fact *fact);
/* Before the entry is folded. What another proposal replaced is dropped by the entry after that; in
 * ledgers of before there was one, it is over with the proposal. */
void end_replaced(struct placement *p, const struct fact *fact);
bool apply_complaint(struct placement *p, const struct fact *fact);

/* apply_paying.c */
bool apply_paying(struct placement *p, const struct fact *fact);

/* apply_co_payers.c */
/* Once the fact is the last of the placement's; before the parties count it. */
void follow_co_payers(struct placement *p, const struct fact *fact);

/* apply_existing.c */
bool apply_existing(struct placement *p, const struct fact *fact);

/* apply_served.c */
/* What was recorded although the notice was not served, before its clock is stopped. */
bool apply_voids(struct placement *p, const struct fact *fact);
/* What a fact of a notice says of an action whose date it changes. */
void apply_service(struct obligation *o, const struct fact *fact);

/* apply_mediation.c */
bool apply_mediation(struct placement *p, const struct fact *fact);
/* Its end without a settlement: what was open before is open again. */
void end_mediation(struct placement *p, struct thread *thread, const struct fact *fact);

#endif
