/*
 * moves_existing.c - rows of the protocol: care that already runs is brought under it.
 */
#include "moves.h"

#define BEFORE_OFFERS (PREPARING | WITH_PANEL | INVITING)

const struct move_row row_record_existing_agreement = {
	.move = MOVE_RECORD_EXISTING_AGREEMENT,
	.help = "Care already runs: its terms, since when, and the next review. Neither panel nor "
		"calculation nor involvement is asked for, for it is agreed already; the provider "
		"confirms it, or answers as it would an offer.",
	.sides = C,
	.commissioner_roles = OFFICER,
	.stages = BEFORE_OFFERS,
	.rules = RULES(&rule_nobody_invited, &rule_invitee_is_another, &rule_terms_sound,
		       &rule_existing_sound),
	.derive = derive_existing_agreement,
	.releases = DUTY(DECIDE_AT_PANEL),
	STARTS({DUTY_CONFIRM_EXISTING_AGREEMENT, OWED_BY_PROVIDER, NULL, NULL}),
	.seen = SEEN_BY_THREAD,
	.counts = true,
	LEADS({BEFORE_OFFERS, STAGE_NEGOTIATING, NULL}),
};

const struct move_row row_confirm_existing_agreement = {
	.move = MOVE_CONFIRM_EXISTING_AGREEMENT,
	.help = "The provider confirms the terms of care that already runs, naming the digest: "
		"they are in force, and the next review is scheduled. Nothing is owed for what is "
		"past.",
	.sides = P,
	.provider_roles = SIGNATORY,
	.stages = NEGOTIATING,
	.rules = RULES(&rule_thread_open, &rule_existing_on_table, &rule_names_digest),
	.derive = derive_existing_confirmation,
	.meets = DUTY(CONFIRM_EXISTING_AGREEMENT),
	.releases = DUTY(ANSWER) | DUTY(WAIT_FOR_ANSWER) | DUTY(DECIDE_AT_PANEL) |
		    DUTY(CONSENT_TO_MEDIATION),
	STARTS({DUTY_FIRST_REVIEW, OWED_BY_COMMISSIONER, NULL,
		"when it is the next one, unless the stay is planned to end sooner"},
	       {DUTY_THREE_MONTH_REVIEW, OWED_BY_COMMISSIONER, NULL,
		"when it is the next one or still to come, unless the stay is planned to end "
		"sooner"},
	       {DUTY_YEARLY_REVIEW, OWED_BY_COMMISSIONER, NULL,
		"when it is the next one or still to come, unless the stay is planned to end "
		"sooner"},
	       {DUTY_END_OR_EXTEND, OWED_BY_COMMISSIONER, end_is_agreed,
		"when the terms have, or the stay was planned for, a last day; from that day"}),
	.seen = SEEN_BY_THREAD,
	.seen_by_person = true,
	.counts = true,
	LEADS({NEGOTIATING, STAGE_IN_FORCE, NULL}),
};
