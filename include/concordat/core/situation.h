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
/* Counted from the start of care, or from the one before. */
#define SCHEDULED_REVIEWS \
	(BIT(DUTY_FIRST_REVIEW) | BIT(DUTY_THREE_MONTH_REVIEW) | BIT(DUTY_YEARLY_REVIEW))
#define REVIEW_DUTIES (SCHEDULED_REVIEWS | BIT(DUTY_REQUESTED_REVIEW))
/* The clocks that a question of their owner's pauses. */
#define OFFER_CLOCKS (BIT(DUTY_MAKE_OFFER) | BIT(DUTY_OFFER_AGAIN))
#define COMPLAINT_DUTIES (BIT(DUTY_ACKNOWLEDGE_COMPLAINT) | BIT(DUTY_ANSWER_COMPLAINT))
/* What the end of care stops: a complaint about it is answered all the same. */
#define CARE_DUTIES (EVERY_DUTY & ~COMPLAINT_DUTIES)
/* Owed between the commissioner and a provider whatever they negotiate: kept with the strand that
 * it began in, and not ended with it. */
#define LASTING_DUTIES                                                      \
	(COMPLAINT_DUTIES | BIT(DUTY_EXIT_PLAN) | BIT(DUTY_HANDOVER_PLAN) | \
	 BIT(DUTY_CONSENT_TO_NOVATION))
/* What a provider's strand ends with it. The others are owed for the placement as a whole and
 * outlast an invitation that is declined or lapses. */
#define STRAND_DUTIES                                                                              \
	(EVERY_DUTY & ~(REVIEW_DUTIES | BIT(DUTY_DECIDE_AT_PANEL) | BIT(DUTY_RECORD_INVOLVEMENT) | \
			BIT(DUTY_END_OR_EXTEND) | BIT(DUTY_CONFIRM_CHECK) | LASTING_DUTIES))

/* What is owed in a later round and ends with it. */
#define ROUND_DUTIES                                                                              \
	(BIT(DUTY_DECIDE_AT_PANEL) | BIT(DUTY_ANSWER) | BIT(DUTY_RESPOND) |                       \
	 BIT(DUTY_OFFER_STANDS) | BIT(DUTY_AFTER_REJECTION) | BIT(DUTY_OFFER_AGAIN) |             \
	 BIT(DUTY_ROUND_STANDS) | BIT(DUTY_SIGN) | BIT(DUTY_ACCEPTANCE_STANDS) |                  \
	 BIT(DUTY_CONSENT_TO_MEDIATION) | BIT(DUTY_AGREE_MEDIATOR) | BIT(DUTY_APPOINT_MEDIATOR) | \
	 BIT(DUTY_MEDIATE) | BIT(DUTY_RECALCULATE) | BIT(DUTY_WAIT_FOR_ANSWER))

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
	rule_care_not_started, rule_start_in_past, rule_care_agreed;

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
/* A message or document for whoever represents the person; for a co-payer. */
bool is_for_person(enum move move, const void *data);
/* One of the person's side for the provider. */
bool is_for_provider(enum move move, const void *data);
bool is_for_co_payer(enum move move, const void *data);

/* ---- counter.c ---- */

/* The other side's open offer, which an offer made now would counter; NULL: there is none. */
const struct offer *offer_answered(const struct situation *s);

/* ---- round.c: rounds while an agreement is in force ---- */

extern const struct named_rule rule_nothing_in_force, rule_no_round_open, rule_agreed_before,
	rule_begins_in_force;
bool no_round_is_open(const struct situation *s);
/* Whether the move opens a later round. */
bool round_begins(const struct situation *s);
/* In the strand of one. */
bool is_in_later_round(const struct situation *s);
/* Whether its request is an offer: struct make_offer. */
bool puts_offer(const struct situation *s);
/* The weekly fee that the commissioner is bound by already on that day; 0: none. */
int64_t weekly_in_force(const struct placement *placement, int32_t day);
bool derive_proposal(const struct situation *s, void *data, struct refusal *refusal);

/* ---- review.c: reviews, asked for and held, and the calculation again ---- */

extern const struct named_rule rule_review_open, rule_review_sound, rule_feedback_open,
	rule_review_not_asked, rule_review_request_sound, rule_review_requested,
	rule_decline_reasonable, rule_within_review, rule_recalculation_fits,
	rule_recalculation_model;
/* The review's duty. */
enum duty review_duty(enum review_kind kind);
/* The day of the last three-month or yearly review held; NO_DAY without one. A yearly review counts
 * from it. */
int32_t last_anchoring_review(const struct placement *placement);
bool is_the_yearly_anchor(const struct situation *s);
bool release_old_yearly(const struct situation *s, struct fact *fact);
/* The number of the next review that is asked for. */
int64_t next_review_request(const struct placement *placement);
bool derive_review_request(const struct situation *s, void *data, struct refusal *refusal);
/* A review's decision owes a calculation, and opens a round for it. */
bool recalculation_decided(const struct situation *s);
bool review_round_decided(const struct situation *s);
bool derive_recalculation(const struct situation *s, void *data, struct refusal *refusal);
/* Whether a calculation that is owed may be made by this model, though it is not in effect. */
bool recalculates_by(const struct situation *s, const struct calculate *c);
/* Whether the move does what is owed: this review, or this calculation. */
bool meets_review(const struct situation *s, const struct obligation *o);

/* ---- correction.c: an entry put right ---- */

/* A value of an entry that its own side may put right (correctable.c). */
enum corrects { CORRECTS_DAY, CORRECTS_AMOUNT, CORRECTS_PART };
struct correctable {
	enum fact_kind kind;
	const char *field;
	enum corrects as;
	size_t offset; /* of the member; of a part of the fee: enum funder */
	/* What follows for clocks, of a day; NULL: nothing. False when a date cannot be counted. */
	bool (*effect)(const struct situation *s, struct fact *fact, const struct fact *entry,
		       int32_t day);
};
/* NULL: it cannot be corrected. */
const struct correctable *correctable_of(enum fact_kind kind, struct text field);
bool kind_is_correctable(enum fact_kind kind);
/* As a correction states it: "2026-03-02", "85.71". False: it is no such value. */
bool correctable_read(const struct correctable *row, struct text stated, int64_t *value);
/* NO_INT: the payer's part is not stated as an amount. */
int64_t correctable_value(const struct correctable *row, const void *data);
/* A copy of the entry's data that says this. */
void *correctable_put(struct arena *arena, const struct correctable *row, const void *data,
		      int64_t value);
/* The entry's data as corrected so far; NULL: the placement has drawn nothing of it. */
const void *entry_drawn(const struct placement *placement, int64_t entry);
extern const struct named_rule rule_entry_correctable, rule_correction_sound, rule_entry_markable,
	rule_second_officer, rule_entry_redactable, rule_version_to_correct;
bool derive_entry_seq(const struct situation *s, void *data, struct refusal *refusal);
bool correct_clocks(const struct situation *s, struct fact *fact);
bool void_clocks(const struct situation *s, struct fact *fact);

/* ---- ending.c, novation.c, complaints.c ---- */

extern const struct named_rule rule_no_notice, rule_notice_given, rule_notice_sound,
	rule_plan_attached, rule_end_has_come, rule_ending_sound, rule_is_negotiated_with,
	rule_death_sound, rule_transfer_sound, rule_novation_sound, rule_novation_awaits,
	rule_novation_begun, rule_novation_unchanged, rule_novation_open;
extern const struct named_rule rule_provider_known, rule_not_safeguarding, rule_few_complaints,
	rule_complaint_is_new, rule_complaint_waits, rule_another_answers, rule_can_escalate,
	rule_ladder_kept;
bool derive_plan(const struct situation *s, void *data, struct refusal *refusal);
bool derive_novation(const struct situation *s, void *data, struct refusal *refusal);
/* The same consent in the other strand. */
struct fact *tell_of_novation(const struct situation *s, size_t n);
struct fact *tell_of_novation_dropped(const struct situation *s, size_t n);
/* To whoever was asked to take over by the proposal that this one replaces. */
struct fact *tell_of_novation_replaced(const struct situation *s, size_t n);
/* To the present provider, once who was to take over has let its time pass; NULL: nobody was. */
struct fact *tell_of_novation_lapsed(const struct situation *s);
/* False when the time of who is to take over cannot be counted. */
bool novation_can_be_counted(const struct situation *s, struct fact *fact);
/* When the clock of a consent begins: for who takes over, not before the day. */
int64_t novation_anchor(const struct situation *s);
bool derive_complaint(const struct situation *s, void *data, struct refusal *refusal);
/* Whether it is owed of the complaint that the request names. */
bool meets_complaint(const struct situation *s, const struct obligation *obligation);
bool is_to_manager(const struct situation *s);
bool release_last_answer(const struct situation *s, struct fact *fact);

/* The last day that the terms being signed or confirmed are for, or else that the stay was planned
 * for; NO_DAY: none. */
int32_t end_being_agreed(const struct situation *s);
/* Whether they give the agreement a last day, or another than it has. */
bool end_is_agreed(const struct situation *s);
bool end_is_moved(const struct situation *s);

/* ---- paying.c: what is paid until terms are signed, by whom, and for which nights away ---- */

extern const struct named_rule rule_interim_sound, rule_interim_within_limit, rule_funding_fits,
	rule_top_up_there, rule_care_started, rule_absence_sound, rule_absence_open;
bool derive_interim_terms(const struct situation *s, void *data, struct refusal *refusal);
bool interim_becomes_agreed(const struct situation *s);
bool release_if_interim_agreed(const struct situation *s, struct fact *fact);
/* Whether this may be entered now, or be what an entry is corrected to. */
bool funding_is_sound(const struct situation *s, const struct change_funding *data,
		      struct flaw *flaw);
bool top_up_is_sound(const struct situation *s, const struct sign_top_up *data, struct flaw *flaw);
bool derive_funding_change(const struct situation *s, void *data, struct refusal *refusal);
/* Whether some of these nights (NO_DAY: no end) are of it already. */
bool absence_overlaps(const struct absence *absence, int32_t from_day, int32_t to_day);
/* Whether those named as payers are no other side here; else the first that is. */
bool payers_are_apart(const struct situation *s, const struct list *parts, struct flaw *flaw);
bool derive_top_up(const struct situation *s, void *data, struct refusal *refusal);
bool derive_absence(const struct situation *s, void *data, struct refusal *refusal);
bool derive_absence_end(const struct situation *s, void *data, struct refusal *refusal);

/* ---- existing.c: care that already ran when it was brought here ---- */

extern const struct named_rule rule_nobody_invited, rule_existing_sound, rule_existing_on_table,
	rule_not_existing, rule_decline_in_time, rule_needs_wanted;
/* Whether this strand is the one whose care already ran when it was recorded. */
bool runs_as_brought_in(const struct situation *s);
/* No day of it that is stated is before this one. */
int32_t first_existing_day(void);
bool derive_existing_agreement(const struct situation *s, void *data, struct refusal *refusal);
bool derive_existing_confirmation(const struct situation *s, void *data, struct refusal *refusal);
/* Whether the duty is its next review, as it was stated, and by which rule from now. */
bool is_next_of_existing(const struct situation *s, enum duty duty);
struct rule next_of_existing(const struct situation *s);
/* Whether the duty is a review of it that is not owed any more. */
bool is_past_of_existing(const struct situation *s, enum duty duty, const struct due *due);

/* ---- uplifting.c, extending.c: what the agreement itself lets change ---- */

extern const struct named_rule rule_uplift_covered, rule_has_uplift_method, rule_uplifted_once,
	rule_uplift_figures_sound, rule_paid_from_sound, rule_uplift_worked, rule_fall_has_room,
	rule_right_to_challenge, rule_extension_left;
bool derive_uplift(const struct situation *s, void *data, struct refusal *refusal);
bool derive_challenge(const struct situation *s, void *data, struct refusal *refusal);
/* Of an uplift that is worked out: a version at once, or an offer because the fee falls. */
bool uplift_is_version(const struct situation *s);
bool uplift_is_offer(const struct situation *s);
bool meet_rights_to_challenge(const struct situation *s, struct fact *fact);

/* ---- following.c: what a home's record asks of a placement ---- */

extern const struct named_rule rule_check_owed, rule_check_sound;
bool flag_is_red(const struct situation *s);
/* Another home takes over: a check that the flag of the one before asked for is owed no more. What
 * the new one's record says is brought as to any that comes there. NULL: its flag was not red. */
struct fact *drop_check(const struct situation *s, struct uuid home);

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

extern const struct named_rule rule_waits_for_service, rule_service_shown, rule_service_instant,
	rule_entry_received;
/* The strand of the action that was served, of the entry that was received; NULL: there is none. */
const struct thread *strand_to_serve(const struct placement *placement, const struct actor *actor,
				     const struct record_service *data);
const struct thread *strand_received(const struct placement *placement, const struct actor *actor,
				     const struct acknowledge_delivery *data);
bool derive_service(const struct situation *s, void *data, struct refusal *refusal);
bool derive_received(const struct situation *s, void *data, struct refusal *refusal);
bool serve_by_hand(const struct situation *s, struct fact *fact);

/* ---- decide.c ---- */

/* At the end of a list of struct fact *. */
void fact_add(struct arena *arena, struct list *facts, struct fact *fact);
/* A fact of the situation's moment, with nothing in it yet. */
struct fact *fact_begin(const struct situation *s, enum fact_kind kind);

/* ---- meet.c ---- */

/* What the row meets, releases, pauses and resumes; false when a date cannot be counted. */
bool move_clocks(const struct situation *s, struct fact *fact);

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
/* What rule a duty would begin with here. */
struct rule duty_rule(const struct situation *s, enum duty duty);
/* What a provider invited alone now would have to make its offer. */
struct rule time_to_offer(const struct situation *s);

enum side other_side(enum side side);
bool care_has_started(const struct placement *placement);
/* Every reference (its first member is the key) names an outcome of the needs described. */
bool outcomes_known(const struct situation *s, const struct list *refs, size_t size,
		    struct refusal *refusal, const char *pointer);
/* Whether the person's involvement in this purpose is on record (since the last review, for a
 * review). */
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
bool derive_calculation(const struct situation *s, void *data, struct refusal *refusal);
bool derive_sitting(const struct situation *s, void *data, struct refusal *refusal);
bool derive_invitation(const struct situation *s, void *data, struct refusal *refusal);
bool derive_question(const struct situation *s, void *data, struct refusal *refusal);
bool derive_offer(const struct situation *s, void *data, struct refusal *refusal);
/* Fills which calculation and description of needs they stand beside: the newest, where there are
 * any. */
void terms_rest_on(const struct placement *placement, struct terms *terms);
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

#endif
