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
	const struct actor *actor;
	const struct move_row *row;  /* NULL when time acts */
	const void *data;	     /* the request; NULL when only asking what is allowed */
	const struct thread *thread; /* the one meant, or NULL */
	int64_t asked_thread;	     /* the number the request named, or NO_INT */
	const struct round *round;   /* the open one, or NULL */
	int64_t now_us;		     /* recorded */
	int64_t at_us;		     /* occurred: what new clocks count from */
};

#define EVERY_DUTY (BIT(DUTY_COUNT) - 1)
#define REVIEW_DUTIES \
	(BIT(DUTY_FIRST_REVIEW) | BIT(DUTY_THREE_MONTH_REVIEW) | BIT(DUTY_YEARLY_REVIEW))
/* What a provider's strand ends with it. The others are owed for the placement as a whole and
 * outlast an invitation that is declined or lapses. */
#define STRAND_DUTIES \
	(EVERY_DUTY & ~(REVIEW_DUTIES | BIT(DUTY_DECIDE_AT_PANEL) | BIT(DUTY_RECORD_INVOLVEMENT)))

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

extern const struct named_rule rule_thread_open, rule_nothing_invited, rule_involved_in_calculation,
	rule_involved_in_signature, rule_involved_in_review, rule_has_needs, rule_has_guide,
	rule_panel_not_pending, rule_panel_pending, rule_approver_is_another,
	rule_panel_gives_reasons, rule_approved_or_under_threshold, rule_not_acknowledged,
	rule_turn, rule_offer_on_table, rule_own_offer, rule_others_offer, rule_names_digest,
	rule_within_limit, rule_guide_reason, rule_terms_sound, rule_valid_until,
	rule_question_open, rule_few_questions, rule_involvement_explained, rule_opening_sound,
	rule_needs_sound, rule_signatory_is_third, rule_not_signed_yet, rule_start_not_confirmed,
	rule_start_in_past, rule_review_open, rule_review_sound, rule_care_agreed;

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
void end_duties(const struct situation *s, struct fact *fact, unsigned duties,
		enum obligation_state state);
/* Pauses or resumes the clocks of these duties that side owes in the thread; resume is false when a
 * date cannot be counted. */
void pause_duties(const struct situation *s, struct fact *fact, unsigned duties, enum side side,
		  const char *why);
bool resume_duties(const struct situation *s, struct fact *fact, unsigned duties, enum side side,
		   const char *why);
/* Counts the obligation again from another anchor by another rule. */
bool move_due(const struct situation *s, struct fact *fact, const struct obligation *o,
	      struct rule rule, int64_t anchor_us, const char *why);
/* What rule a duty would begin with here, and from when. */
struct rule duty_rule(const struct situation *s, enum duty duty);
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
bool wait_for_sitting(const struct situation *s, struct fact *fact);
bool release_if_refused(const struct situation *s, struct fact *fact);
bool release_if_agreed(const struct situation *s, struct fact *fact);
bool release_old_yearly(const struct situation *s, struct fact *fact);

#endif
