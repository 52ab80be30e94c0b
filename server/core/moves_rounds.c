/*
 * moves_rounds.c - rows of the protocol: rounds that open while an agreement is in force.
 */
#include "moves.h"

const struct move_row row_propose_variation = {
	.move = MOVE_PROPOSE_VARIATION,
	.help = "Either side proposes other terms, with a first offer; those in force stand until "
		"both have signed.",
	.sides = C | P,
	.commissioner_roles = OFFICER,
	.provider_roles = NEGOTIATOR,
	.stages = IN_FORCE,
	.rules = RULES(&rule_agreed_before, &rule_no_round_open, &rule_terms_sound,
		       &rule_begins_in_force, &rule_valid_until, &rule_within_limit,
		       &rule_guide_reason),
	.derive = derive_proposal,
	STARTS({DUTY_RESPOND, OWED_BY_OTHER, NULL, NULL},
	       {DUTY_OFFER_STANDS, OWED_BY_NOBODY, NULL, NULL}),
	.opens_round = ROUND_VARIATION,
	.seen = SEEN_BY_THREAD,
	.counts = true,
};
