/*
 * moves.c - the protocol as a table: one row a move.
 *
 * A row says who may make the move, when, under which rules, what it meets,
 * releases, pauses and starts. decide.c executes it, allowed_moves asks it, the documentation
 * prints it, the diagram draws it. Which moves exist and what they mean is here; their times are
 * data (timescale.c).
 */
#include "concordat/core/situation.h"

#define C BIT(SIDE_COMMISSIONER)
#define P BIT(SIDE_PROVIDER)
#define T BIT(SIDE_TIME)

#define OFFICER BIT(ROLE_CASE_OFFICER)
#define PANEL BIT(ROLE_PANEL_MEMBER)
#define SIGNATORY BIT(ROLE_SIGNATORY)
#define NEGOTIATOR BIT(ROLE_NEGOTIATOR)

#define PREPARING BIT(STAGE_PREPARING)
#define WITH_PANEL BIT(STAGE_WITH_PANEL)
#define INVITING BIT(STAGE_INVITING)
#define NEGOTIATING BIT(STAGE_NEGOTIATING)
#define SIGNING BIT(STAGE_SIGNING)
#define IN_FORCE BIT(STAGE_IN_FORCE)
#define ENDED BIT(STAGE_ENDED)
#define BEFORE_FORCE \
	(PREPARING | WITH_PANEL | INVITING | NEGOTIATING | BIT(STAGE_MEDIATING) | SIGNING)

#define DUTY(name) BIT(DUTY_##name)
#define OFFER_CLOCKS (DUTY(MAKE_OFFER) | DUTY(OFFER_AGAIN))

#define RULES(...)                         \
	(const struct named_rule *const[]) \
	{                                  \
		__VA_ARGS__, NULL          \
	}
#define LEADS(...)                                   \
	.leads = (const struct lead[]){__VA_ARGS__}, \
	.lead_count = sizeof((const struct lead[]){__VA_ARGS__}) / sizeof(struct lead)
#define STARTS(...)                                    \
	.starts = (const struct start[]){__VA_ARGS__}, \
	.start_count = sizeof((const struct start[]){__VA_ARGS__}) / sizeof(struct start)

static const struct move_row rows[MOVE_COUNT] = {
	[MOVE_OPEN_PLACEMENT] =
		{
			.move = MOVE_OPEN_PLACEMENT,
			.help = "A commissioner opens a placement for a person, who is kept apart "
				"and encrypted.",
			.sides = C,
			.commissioner_roles = OFFICER,
			.stages = 0,
			.rules = RULES(&rule_opening_sound),
			.seen = SEEN_BY_ALL,
			.counts = true,
			LEADS({0, STAGE_PREPARING, NULL}),
		},
	[MOVE_DESCRIBE_NEEDS] =
		{
			.move = MOVE_DESCRIBE_NEEDS,
			.help = "Needs by area and outcomes, from an assessment.",
			.sides = C,
			.commissioner_roles = OFFICER,
			.stages = PREPARING | INVITING | NEGOTIATING,
			.rules = RULES(&rule_needs_sound),
			.seen = SEEN_BY_ALL,
			.counts = true,
		},
	[MOVE_RECORD_INVOLVEMENT] =
		{
			.move = MOVE_RECORD_INVOLVEMENT,
			.help = "How the person took part in a step, who supported them and what "
				"they said; or why not.",
			.sides = C | P,
			.commissioner_roles = OFFICER,
			.provider_roles = NEGOTIATOR,
			.stages = BEFORE_FORCE | IN_FORCE,
			.rules = RULES(&rule_involvement_explained),
			.meets = DUTY(RECORD_INVOLVEMENT),
			.seen = SEEN_BY_ALL,
			.counts = false,
		},
	[MOVE_CALCULATE] =
		{
			.move = MOVE_CALCULATE,
			.help = "A guide price by line from a cost model; the newest governs and "
				"all are kept. A starting point and not a conclusion.",
			.sides = C,
			.commissioner_roles = OFFICER,
			.stages = PREPARING | INVITING | NEGOTIATING,
			.rules = RULES(&rule_involved_in_calculation),
			.derive = derive_calculation,
			STARTS({DUTY_RECORD_INVOLVEMENT, OWED_BY_COMMISSIONER,
				calculated_without_person,
				"in an emergency, when the person was not involved yet"}),
			.seen = SEEN_BY_ALL,
			.counts = true,
		},
	[MOVE_REFER_TO_PANEL] =
		{
			.move = MOVE_REFER_TO_PANEL,
			.help = "The commissioner's panel is asked; a reply that the commissioner "
				"owes then waits for the sitting and 1 working day.",
			.sides = C,
			.commissioner_roles = OFFICER,
			.stages = PREPARING | INVITING | NEGOTIATING,
			.rules = RULES(&rule_has_guide, &rule_has_needs, &rule_panel_not_pending),
			.derive = derive_sitting,
			STARTS({DUTY_DECIDE_AT_PANEL, OWED_BY_COMMISSIONER, NULL, NULL}),
			.effect = wait_for_sitting,
			.seen = SEEN_BY_ALL,
			.counts = true,
			LEADS({PREPARING, STAGE_WITH_PANEL, NULL}),
		},
	[MOVE_PANEL_DECIDE] =
		{
			.move = MOVE_PANEL_DECIDE,
			.help = "The panel approves with a limit private to the commissioner, "
				"returns with reasons, or refuses. Once a provider negotiates, a "
				"refusal leaves the limit as it was.",
			.sides = C,
			.commissioner_roles = PANEL,
			.stages = WITH_PANEL | INVITING | NEGOTIATING,
			.rules = RULES(&rule_panel_pending, &rule_approver_is_another,
				       &rule_panel_gives_reasons),
			.meets = DUTY(DECIDE_AT_PANEL),
			.effect = release_if_refused,
			.seen = SEEN_BY_COMMISSIONER,
			.counts = true,
			LEADS({WITH_PANEL, STAGE_INVITING, "when approved"},
			      {WITH_PANEL, STAGE_PREPARING, "when returned"},
			      {WITH_PANEL, STAGE_ENDED, "when refused"}),
		},
	[MOVE_INVITE] =
		{
			.move = MOVE_INVITE,
			.help = "A provider is shown the calculation, its model, assumptions and "
				"the needs without identity.",
			.sides = C,
			.commissioner_roles = OFFICER,
			.stages = PREPARING | INVITING,
			.rules = RULES(&rule_has_needs, &rule_has_guide, &rule_nothing_invited,
				       &rule_approved_or_under_threshold),
			.derive = derive_invitation,
			STARTS({DUTY_ACKNOWLEDGE, OWED_BY_PROVIDER, NULL, NULL},
			       {DUTY_MAKE_OFFER, OWED_BY_PROVIDER, NULL, NULL}),
			.seen = SEEN_BY_THREAD,
			.counts = true,
			LEADS({PREPARING | INVITING, STAGE_INVITING, NULL}),
		},
	[MOVE_ACKNOWLEDGE] =
		{
			.move = MOVE_ACKNOWLEDGE,
			.help = "The provider has the invitation and names a contact.",
			.sides = P,
			.provider_roles = NEGOTIATOR,
			.stages = INVITING | NEGOTIATING,
			.rules = RULES(&rule_thread_open, &rule_not_acknowledged),
			.meets = DUTY(ACKNOWLEDGE),
			.seen = SEEN_BY_THREAD,
			.counts = true,
		},
	[MOVE_DECLINE] =
		{
			.move = MOVE_DECLINE,
			.help = "The provider declines with a reason; another may be invited.",
			.sides = P,
			.provider_roles = NEGOTIATOR,
			.stages = INVITING,
			.rules = RULES(&rule_thread_open),
			.releases = STRAND_DUTIES,
			.seen = SEEN_BY_THREAD,
			.counts = true,
		},
	[MOVE_ASK] =
		{
			.move = MOVE_ASK,
			.help = "One side asks the other; its own offer clock is paused until the "
				"answer.",
			.sides = C | P,
			.commissioner_roles = OFFICER,
			.provider_roles = NEGOTIATOR,
			.stages = INVITING | NEGOTIATING,
			.rules = RULES(&rule_thread_open, &rule_few_questions),
			.derive = derive_question,
			.pauses = OFFER_CLOCKS,
			STARTS({DUTY_ANSWER, OWED_BY_OTHER, NULL, NULL}),
			.seen = SEEN_BY_THREAD,
			.counts = true,
		},
	[MOVE_ANSWER] =
		{
			.move = MOVE_ANSWER,
			.help = "The answer; the asker's offer clock goes on with the ticks that "
				"remain.",
			.sides = C | P,
			.commissioner_roles = OFFICER,
			.provider_roles = NEGOTIATOR,
			.stages = INVITING | NEGOTIATING,
			.rules = RULES(&rule_thread_open, &rule_question_open),
			.meets = DUTY(ANSWER),
			.resumes = OFFER_CLOCKS,
			.seen = SEEN_BY_THREAD,
			.counts = true,
		},
	[MOVE_MAKE_OFFER] =
		{
			.move = MOVE_MAKE_OFFER,
			.help = "An offer or counter-offer: fee lines, outcomes, start, clauses. "
				"Either side first, then in turn.",
			.sides = C | P,
			.commissioner_roles = OFFICER,
			.provider_roles = NEGOTIATOR,
			.stages = INVITING | NEGOTIATING,
			.rules = RULES(&rule_thread_open, &rule_turn, &rule_terms_sound,
				       &rule_valid_until, &rule_within_limit, &rule_guide_reason),
			.derive = derive_offer,
			.meets = DUTY(ACKNOWLEDGE) | DUTY(MAKE_OFFER) | DUTY(RESPOND) |
				 DUTY(OFFER_AGAIN),
			.releases = DUTY(MAKE_OFFER) | DUTY(OFFER_AGAIN) | DUTY(OFFER_STANDS) |
				    DUTY(AFTER_REJECTION) | DUTY(ROUND_STANDS),
			STARTS({DUTY_RESPOND, OWED_BY_OTHER, NULL, NULL},
			       {DUTY_OFFER_STANDS, OWED_BY_NOBODY, NULL, NULL}),
			.seen = SEEN_BY_THREAD,
			.counts = true,
			LEADS({INVITING | NEGOTIATING, STAGE_NEGOTIATING, NULL}),
		},
	[MOVE_WITHDRAW_OFFER] =
		{
			.move = MOVE_WITHDRAW_OFFER,
			.help = "Its maker withdraws the offer on the table and owes another.",
			.sides = C | P,
			.commissioner_roles = OFFICER,
			.provider_roles = NEGOTIATOR,
			.stages = NEGOTIATING,
			.rules = RULES(&rule_thread_open, &rule_offer_on_table, &rule_own_offer),
			.derive = derive_withdrawn_offer,
			.releases = DUTY(RESPOND) | DUTY(OFFER_STANDS),
			STARTS({DUTY_OFFER_AGAIN, OWED_BY_MOVER, NULL, NULL},
			       {DUTY_ROUND_STANDS, OWED_BY_NOBODY, NULL, NULL}),
			.seen = SEEN_BY_THREAD,
			.counts = true,
		},
	[MOVE_ACCEPT] =
		{
			.move = MOVE_ACCEPT,
			.help = "The other side accepts, naming the digest of the terms.",
			.sides = C | P,
			.commissioner_roles = OFFICER,
			.provider_roles = NEGOTIATOR,
			.stages = NEGOTIATING,
			.rules = RULES(&rule_thread_open, &rule_offer_on_table, &rule_others_offer,
				       &rule_names_digest, &rule_within_limit, &rule_guide_reason),
			.derive = derive_acceptance,
			.meets = DUTY(ACKNOWLEDGE) | DUTY(RESPOND),
			.releases = DUTY(OFFER_STANDS) | DUTY(ANSWER) | DUTY(DECIDE_AT_PANEL),
			STARTS({DUTY_SIGN, OWED_BY_BOTH, NULL, NULL},
			       {DUTY_ACCEPTANCE_STANDS, OWED_BY_NOBODY, NULL, NULL}),
			.seen = SEEN_BY_THREAD,
			.counts = true,
			LEADS({NEGOTIATING, STAGE_SIGNING, NULL}),
		},
	[MOVE_REJECT] =
		{
			.move = MOVE_REJECT,
			.help = "The other side rejects with a reason; either may make a new offer "
				"while the round stays open.",
			.sides = C | P,
			.commissioner_roles = OFFICER,
			.provider_roles = NEGOTIATOR,
			.stages = NEGOTIATING,
			.rules = RULES(&rule_thread_open, &rule_offer_on_table, &rule_others_offer),
			.derive = derive_rejection,
			.meets = DUTY(ACKNOWLEDGE) | DUTY(RESPOND),
			.releases = DUTY(OFFER_STANDS),
			STARTS({DUTY_AFTER_REJECTION, OWED_BY_EITHER, NULL, NULL}),
			.seen = SEEN_BY_THREAD,
			.counts = true,
		},
	[MOVE_SIGN] =
		{
			.move = MOVE_SIGN,
			.help = "A signatory of each side signs, naming the digest; the second "
				"signature makes the agreement.",
			.sides = C | P,
			.commissioner_roles = SIGNATORY,
			.provider_roles = SIGNATORY,
			.stages = SIGNING,
			.rules = RULES(&rule_thread_open, &rule_not_signed_yet,
				       &rule_signatory_is_third, &rule_involved_in_signature,
				       &rule_names_digest),
			.derive = derive_signature,
			.meets = DUTY(SIGN),
			STARTS({DUTY_CONFIRM_START, OWED_BY_COMMISSIONER, care_to_be_confirmed,
				"when both have signed"},
			       {DUTY_RECORD_INVOLVEMENT, OWED_BY_COMMISSIONER,
				signed_without_person,
				"in an emergency, when both have signed and the person was not "
				"involved yet"}),
			.effect = release_if_agreed,
			.seen = SEEN_BY_THREAD,
			.counts = true,
			LEADS({SIGNING, STAGE_IN_FORCE, "when both have signed"}),
		},
	[MOVE_CONFIRM_START] =
		{
			.move = MOVE_CONFIRM_START,
			.help = "Care started on this day; the reviews are scheduled from it.",
			.sides = C | P,
			.commissioner_roles = OFFICER,
			.provider_roles = NEGOTIATOR,
			.stages = INVITING | NEGOTIATING | SIGNING | IN_FORCE,
			.rules = RULES(&rule_care_agreed, &rule_thread_open,
				       &rule_start_not_confirmed, &rule_start_in_past),
			.meets = DUTY(CONFIRM_START),
			.releases = DUTY(CONFIRM_START),
			STARTS({DUTY_FIRST_REVIEW, OWED_BY_COMMISSIONER, NULL,
				"unless the stay is planned to end sooner"},
			       {DUTY_THREE_MONTH_REVIEW, OWED_BY_COMMISSIONER, NULL,
				"unless the stay is planned to end sooner"},
			       {DUTY_YEARLY_REVIEW, OWED_BY_COMMISSIONER, NULL,
				"unless the stay is planned to end sooner"}),
			.seen = SEEN_BY_THREAD,
			.counts = true,
		},
	[MOVE_HOLD_REVIEW] =
		{
			.move = MOVE_HOLD_REVIEW,
			.help = "A review was held with the person: outcomes, three views, the "
				"decision.",
			.sides = C,
			.commissioner_roles = OFFICER,
			.stages = INVITING | NEGOTIATING | SIGNING | IN_FORCE,
			.rules = RULES(&rule_thread_open, &rule_review_open,
				       &rule_involved_in_review, &rule_review_sound),
			.meets = REVIEW_DUTIES,
			STARTS({DUTY_YEARLY_REVIEW, OWED_BY_COMMISSIONER, is_the_yearly_anchor,
				"after a three-month or yearly review"}),
			.effect = release_old_yearly,
			.seen = SEEN_BY_THREAD,
			.counts = true,
		},
	[MOVE_WITHDRAW] =
		{
			.move = MOVE_WITHDRAW,
			.help = "The commissioner withdraws the placement with a reason; all "
				"clocks stop.",
			.sides = C,
			.commissioner_roles = OFFICER,
			.stages = BEFORE_FORCE,
			.rules = NULL,
			.releases = EVERY_DUTY,
			.seen = SEEN_BY_ALL,
			.counts = true,
			LEADS({BEFORE_FORCE, STAGE_ENDED, NULL}),
		},
	[MOVE_MISS] =
		{
			.move = MOVE_MISS,
			.help = "What was due was not done in time; it stays open, and acting late "
				"closes it.",
			.sides = T,
			.stages = BEFORE_FORCE | IN_FORCE,
			.seen = SEEN_BY_ALL,
			.counts = true,
		},
	[MOVE_LAPSE] =
		{
			.move = MOVE_LAPSE,
			.help = "What could only be done in time has expired, and its effect "
				"follows.",
			.sides = T,
			.stages = BEFORE_FORCE,
			.seen = SEEN_BY_THREAD,
			.counts = true,
			LEADS({SIGNING, STAGE_NEGOTIATING, "when an acceptance lapses"},
			      {NEGOTIATING, STAGE_ENDED, "when the round ends"}),
		},
};

const struct move_row *protocol_move(enum move move)
{
	return &rows[move];
}

/* ---- what a lapse does ---- */

static const struct start offer_again[] = {{DUTY_OFFER_AGAIN, OWED_BY_MOVER, NULL, NULL},
					   {DUTY_ROUND_STANDS, OWED_BY_NOBODY, NULL, NULL}};
static const struct start round_stands[] = {{DUTY_ROUND_STANDS, OWED_BY_NOBODY, NULL, NULL}};

static const struct lapse_row lapses[] = {
	{DUTY_MAKE_OFFER, 0, true, false, NULL, 0, "that invitation"},
	{DUTY_OFFER_STANDS, DUTY(RESPOND), false, false, offer_again, 2,
	 "the offer; its maker owes another"},
	{DUTY_AFTER_REJECTION, 0, true, true, NULL, 0,
	 "the round, and an initial one's placement, only if care has not started"},
	{DUTY_ROUND_STANDS, 0, true, true, NULL, 0,
	 "the round, and an initial one's placement, only if care has not started"},
	{DUTY_ACCEPTANCE_STANDS, DUTY(SIGN), false, false, round_stands, 1,
	 "the acceptance, only if care has not started; either side may offer"},
};

const struct lapse_row *protocol_lapse(enum duty duty)
{
	for (size_t i = 0; i < sizeof(lapses) / sizeof(lapses[0]); i++)
		if (lapses[i].duty == duty)
			return &lapses[i];
	return NULL;
}
