/*
 * situation.h - what rules and moves look at: one move, by one actor, on one settled placement.
 */
#ifndef CONCORDAT_CORE_SITUATION_H
#define CONCORDAT_CORE_SITUATION_H

#include "concordat/core/protocol.h"

struct situation {
	struct arena *arena;
	const struct world *world;
	const struct placement *placement;
	const struct actor *actor;    /* whose move it is; roles only when it moves itself */
	const struct actor *recorder; /* who enters it for another side, or NULL */
	const struct said *said;      /* then: what is stated of it */
	const struct move_row *row;   /* NULL when time acts */
	const void *data;	      /* the request; NULL when only asking what is allowed */
	const void *asked;	      /* the same as it came, once data has its derived members */
	const struct thread *thread;  /* the one meant, or NULL */
	int64_t asked_thread;	      /* the number the request named, or NO_INT */
	const struct round *round;    /* the open one, or NULL */
	int64_t now_us;		      /* recorded */
	int64_t at_us;		      /* occurred: what new clocks count from */
};

#define EVERY_DUTY (BIT(DUTY_COUNT) - 1)
#define REVIEW_DUTIES \
	(BIT(DUTY_FIRST_REVIEW) | BIT(DUTY_THREE_MONTH_REVIEW) | BIT(DUTY_YEARLY_REVIEW))
/* The clocks that a question of their owner's pauses. */
#define OFFER_CLOCKS (BIT(DUTY_MAKE_OFFER) | BIT(DUTY_OFFER_AGAIN))
/* What a provider's strand ends with it. The others are owed for the placement as a whole and
 * outlast an invitation that is declined or lapses. */
#define STRAND_DUTIES \
	(EVERY_DUTY & ~(REVIEW_DUTIES | BIT(DUTY_DECIDE_AT_PANEL) | BIT(DUTY_RECORD_INVOLVEMENT)))

/* What is owed once an offer is accepted. */
#define SIGNING_DUTIES (BIT(DUTY_SIGN) | BIT(DUTY_ACCEPTANCE_STANDS))

/* What ends a mediation when it is not done. */
#define MEDIATION_DUTIES (BIT(DUTY_APPOINT_MEDIATOR) | BIT(DUTY_MEDIATE))

/* Always false, so that a rule can `return refuse(...)`. */
bool refuse(struct refusal *refusal, const char *rule, const char *pointer, struct text sentence);

/*
 * A rule: `RULE(id, "name", "what it asks") { ... }` defines rule_<id> and its check; NO refuses
 * for it.
 */
#define RULE(id, rule_name, asks)                                                   \
	static bool check_##id(const struct situation *s, struct refusal *refusal); \
	const struct named_rule rule_##id = {rule_name, check_##id, asks};          \
	static bool check_##id(const struct situation *s, struct refusal *refusal)
#define NO(id, pointer, sentence) refuse(refusal, rule_##id.name, pointer, TEXT(sentence))

/* ---- rules.c, rules_terms.c: the rules that moves name, in the tables of moves.c ---- */

extern const struct named_rule rule_thread_open, rule_involved_in_calculation,
	rule_involved_in_signature, rule_involved_in_review, rule_has_needs, rule_has_guide,
	rule_panel_not_pending, rule_panel_pending, rule_approver_is_another,
	rule_panel_gives_reasons, rule_approved_or_under_threshold, rule_not_acknowledged,
	rule_turn, rule_offer_on_table, rule_own_offer, rule_others_offer, rule_names_digest,
	rule_within_limit, rule_guide_reason, rule_terms_sound, rule_valid_until,
	rule_question_open, rule_few_questions, rule_involvement_explained, rule_opening_sound,
	rule_needs_sound, rule_signatory_is_third, rule_not_signed_yet, rule_start_not_confirmed,
	rule_care_not_started, rule_start_in_past, rule_review_open, rule_review_sound,
	rule_care_agreed;

/* ---- competition.c, mediation.c, between.c, counter.c ---- */

extern const struct named_rule rule_invitation_lapsed, rule_nothing_invited,
	rule_invitee_is_another, rule_closing_sound, rule_offers_opened, rule_none_chosen,
	rule_involved_in_choice, rule_scores_sound, rule_chosen_first, rule_identity_not_shared,
	rule_identity_shared;
extern const struct named_rule rule_has_offers, rule_no_mediation_pending, rule_mediation_proposed,
	rule_others_proposal, rule_mediator_wanted, rule_mediator_is_another, rule_others_nominee,
	rule_agreeing_took_too_long, rule_mediator_at_work, rule_settlement_proposed,
	rule_settlement_not_accepted, rule_mediator_took_no_part;
extern const struct named_rule rule_can_be_extended, rule_extension_asked, rule_others_extension,
	rule_extension_fits, rule_removal_in_time, rule_extension_stands, rule_entry_known,
	rule_lines_answered;

/* ---- person.c ---- */

extern const struct named_rule rule_nobody_represents, rule_represents_no_side, rule_represented,
	rule_addressee;
/* A message or document of the commissioner's for whoever represents the person. */
bool is_for_person(enum move move, const void *data);

/* ---- counter.c ---- */

/* The other side's open offer, which an offer made now would counter; NULL: there is none. */
const struct offer *offer_answered(const struct situation *s);

/* ---- behalf.c: a move of another side, entered by this one ---- */

/* What is asked of every such move, before the move's own rules. */
extern const struct named_rule *const rules_on_behalf[];
/* Makes the side that said it the actor of the situation, and the one who enters it the recorder.
 */
void speak_for(struct situation *s, const struct said *said);
/* The side it was entered for may dispute it; false when the date cannot be counted. */
bool owe_right_to_dispute(const struct situation *s, struct fact *fact);
/* What the fact keeps of it: its entry is the stream's. */
struct evidence evidence_kept(const struct situation *s);

/* ---- served.c ---- */

extern const struct named_rule rule_waits_for_service, rule_service_instant, rule_entry_received;
/* What the organisation owes by the entry, and was not served, begins at the situation's moment;
 * false when a date cannot be counted. */
bool serve_notice(const struct situation *s, struct fact *fact, int32_t entry,
		  struct uuid organisation);
/* The strand of the action that was served, of the entry that was received; NULL: there is none. */
const struct thread *strand_to_serve(const struct placement *placement, const struct actor *actor,
				     const struct record_service *data);
const struct thread *strand_received(const struct placement *placement, const struct actor *actor,
				     const struct acknowledge_delivery *data);
bool derive_service(const struct situation *s, void *data, struct refusal *refusal);
bool derive_received(const struct situation *s, void *data, struct refusal *refusal);
bool serve_by_hand(const struct situation *s, struct fact *fact);

/* ---- decide.c ---- */

/* A fact of the situation's moment, with nothing in it yet. */
struct fact *fact_begin(const struct situation *s, enum fact_kind kind);

/* ---- owe.c: obligations that a fact opens, ends and moves ---- */

/* Begins one; false when its date cannot be counted (the calendar runs out). */
bool owe(const struct situation *s, struct fact *fact, enum duty duty, enum side owed_by,
	 int64_t subject);
bool owe_starts(const struct situation *s, struct fact *fact, const struct start *starts,
		size_t count);
void end_obligation(const struct situation *s, struct fact *fact, const struct obligation *o,
		    enum obligation_state state);
/* Ends every open obligation of these duties in the situation's thread (all of the placement when
 * it has none). */
void end_duties(const struct situation *s, struct fact *fact, uint64_t duties,
		enum obligation_state state);
/* Whether the fact being made ends it already. */
bool fact_ends(const struct fact *fact, const struct obligation *obligation);
/* Of the situation's strand, or of the placement as a whole. */
bool obligation_is_here(const struct situation *s, const struct obligation *obligation);

/* ---- pause.c ---- */

/* Whether that side waits for the answer to a question of its own, this one aside (0: none). */
bool asked_in_vain(const struct situation *s, enum side asker, int64_t besides);
/* Nobody waits any more for the answer to the question that the obligation is about. */
bool resume_unanswered(const struct situation *s, struct fact *fact, const struct obligation *o,
		       uint64_t duties);
/* Pauses or resumes the clocks of these duties that side owes in the thread; resume is false when a
 * date cannot be counted. */
void pause_duties(const struct situation *s, struct fact *fact, uint64_t duties, enum side side,
		  const char *why);
bool resume_duties(const struct situation *s, struct fact *fact, uint64_t duties, enum side side,
		   const char *why);
/* Its date is this one now, counted by the newest calendar. */
struct due_change *set_due(const struct situation *s, struct fact *fact, const struct obligation *o,
			   const struct due *due, const char *why);
/* Counts the obligation again from another anchor by another rule. */
bool move_due(const struct situation *s, struct fact *fact, const struct obligation *o,
	      struct rule rule, int64_t anchor_us, const char *why);
/* Pauses every clock of the strand that runs and was not missed, whoever owes it, the panel's too;
 * resume lets go on what nothing else holds. */
void pause_strand(const struct situation *s, struct fact *fact, const char *why);
bool resume_strand(const struct situation *s, struct fact *fact, const char *why);
/* Counts it again from the same anchor by a rule of `more` units more (or fewer, below zero). */
bool stretch_due(const struct situation *s, struct fact *fact, const struct obligation *o,
		 int64_t more, const char *why);
/* What rule a duty would begin with here, and from when. */
struct rule duty_rule(const struct situation *s, enum duty duty);
/* What a provider invited alone now would have to make its offer. */
struct rule time_to_offer(const struct situation *s);
int64_t duty_anchor(const struct situation *s, enum duty duty);

enum side other_side(enum side side);
bool care_has_started(const struct placement *placement);
/* The review's duty. */
enum duty review_duty(enum review_kind kind);
/* Every reference (its first member is the key) names an outcome of the needs described. */
bool outcomes_known(const struct situation *s, const struct list *refs, size_t size,
		    struct refusal *refusal, const char *pointer);
/* Whether the person's involvement in this purpose is on record (since the last review, for a
 * review). */
/* The day of the last three-month or yearly review held; NO_DAY without one. A yearly review counts
 * from it. */
int32_t last_anchoring_review(const struct placement *placement);
bool is_involved(const struct placement *placement, enum involvement_purpose purpose);

/* ---- derive.c: named by the rows of moves.c ---- */

/* At which step an obligation to record involvement left the person out. */
enum involvement_purpose involvement_left_out(const struct placement *placement,
					      const struct obligation *obligation);
bool calculated_without_person(const struct situation *s);
bool chosen_without_person(const struct situation *s);
bool signed_without_person(const struct situation *s);
bool signed_by_both(const struct situation *s);
bool care_to_be_confirmed(const struct situation *s);
bool is_the_yearly_anchor(const struct situation *s);
bool derive_calculation(const struct situation *s, void *data, struct refusal *refusal);
bool derive_sitting(const struct situation *s, void *data, struct refusal *refusal);
bool derive_invitation(const struct situation *s, void *data, struct refusal *refusal);
bool derive_question(const struct situation *s, void *data, struct refusal *refusal);
bool derive_offer(const struct situation *s, void *data, struct refusal *refusal);
bool derive_withdrawn_offer(const struct situation *s, void *data, struct refusal *refusal);
bool derive_acceptance(const struct situation *s, void *data, struct refusal *refusal);
bool derive_rejection(const struct situation *s, void *data, struct refusal *refusal);
bool derive_signature(const struct situation *s, void *data, struct refusal *refusal);
bool derive_choice(const struct situation *s, void *data, struct refusal *refusal);
bool derive_mediator(const struct situation *s, void *data, struct refusal *refusal);
bool derive_settlement(const struct situation *s, void *data, struct refusal *refusal);
bool derive_settlement_acceptance(const struct situation *s, void *data, struct refusal *refusal);
bool derive_extension(const struct situation *s, void *data, struct refusal *refusal);
bool derive_extension_removal(const struct situation *s, void *data, struct refusal *refusal);
bool derive_note(const struct situation *s, void *data, struct refusal *refusal);
bool derive_message(const struct situation *s, void *data, struct refusal *refusal);
bool derive_document(const struct situation *s, void *data, struct refusal *refusal);
bool derive_dispute(const struct situation *s, void *data, struct refusal *refusal);
bool derive_release(const struct situation *s, void *data, struct refusal *refusal);
bool release_rights_of_person(const struct situation *s, struct fact *fact);
/* The entry that would be disputed, by the actor's own number; NULL: there is no such. */
const struct fact *disputed_entry(const struct placement *placement, const struct actor *actor,
				  const struct dispute_entry *data);
/* Its strand; NULL when it is in none, as what is between the commissioner and the person's
 * representative. */
const struct thread *disputed_strand(const struct placement *placement, const struct actor *actor,
				     const struct dispute_entry *data);
bool settled_by_both(const struct situation *s);
bool has_open_offer(const struct situation *s);
bool is_unsealed(const struct situation *s);
/* In the strand of the one chosen, or invited alone. */
bool is_negotiated(const struct situation *s);
/* The day a mini-competition closes, of the invitation asked for or of the sealed strand; NO_DAY:
 * there is none. */
int32_t closing_day(const struct situation *s);
bool release_if_out_of_running(const struct situation *s, struct fact *fact);
bool is_single_invitation(const struct situation *s);
bool is_one_of_several(const struct situation *s);
struct fact *choose_among_others(const struct situation *s, size_t n);
bool release_if_cannot(const struct situation *s, struct fact *fact);
bool release_wait(const struct situation *s, struct fact *fact);
bool hold_round_for_answer(const struct situation *s, struct fact *fact);
bool pause_for_mediation(const struct situation *s, struct fact *fact);
bool resume_after_mediation(const struct situation *s, struct fact *fact);
bool meet_for_both(const struct situation *s, struct fact *fact);
bool release_if_settled(const struct situation *s, struct fact *fact);
bool extend_due(const struct situation *s, struct fact *fact);
bool shorten_due(const struct situation *s, struct fact *fact);
bool release_right_to_dispute(const struct situation *s, struct fact *fact);
bool wait_for_sitting(const struct situation *s, struct fact *fact);
bool release_if_refused(const struct situation *s, struct fact *fact);
bool release_if_agreed(const struct situation *s, struct fact *fact);
bool release_old_yearly(const struct situation *s, struct fact *fact);

#endif
