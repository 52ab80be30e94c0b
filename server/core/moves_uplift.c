/*
 * moves_uplift.c - rows of the protocol: what the agreement itself says may change.
 *
 * A rise by the agreed method, and an extension by performance. Both sides agreed to them
 * beforehand, so that each needs less than a variation does.
 */
#include "moves.h"

const struct move_row row_apply_uplift = {
	.move = MOVE_APPLY_UPLIFT,
	.help = "The fee is uplifted by the agreement's own method. A rise is the next version at "
		"once, from its day, without acceptance; a fall is an offer that both must sign.",
	.sides = C,
	.commissioner_roles = OFFICER | BIT(ROLE_MANAGER),
	.stages = IN_FORCE,
	.rules = RULES(&rule_agreed_before, &rule_uplift_covered, &rule_has_uplift_method,
		       &rule_uplifted_once, &rule_uplift_figures_sound, &rule_paid_from_sound,
		       &rule_uplift_worked, &rule_fall_has_room),
	.derive = derive_uplift,
	STARTS({DUTY_CHALLENGE_UPLIFT, OWED_BY_PROVIDER, uplift_is_version, "unless the fee falls"},
	       {DUTY_RESPOND, OWED_BY_OTHER, uplift_is_offer, "when the fee falls"},
	       {DUTY_OFFER_STANDS, OWED_BY_NOBODY, uplift_is_offer, "when the fee falls"}),
	.opens_round = ROUND_UPLIFT,
	.opens_when = uplift_is_offer,
	.seen = SEEN_BY_THREAD,
	.counts = true,
};

const struct move_row row_challenge_uplift = {
	.move = MOVE_CHALLENGE_UPLIFT,
	.help = "The provider challenges an uplift and waives nothing: a round opens, or the one "
		"that is open takes it up. The uplifted terms stand meanwhile.",
	.sides = P,
	.provider_roles = NEGOTIATOR,
	.stages = IN_FORCE,
	.recorded_for = P,
	.rules = RULES(&rule_thread_open, &rule_right_to_challenge),
	.derive = derive_challenge,
	.meets = DUTY(CHALLENGE_UPLIFT),
	STARTS({DUTY_ROUND_STANDS, OWED_BY_NOBODY, no_round_is_open, "unless a round is open"}),
	.effect = meet_rights_to_challenge,
	.opens_round = ROUND_UPLIFT,
	.opens_when = no_round_is_open,
	.seen = SEEN_BY_THREAD,
	.counts = true,
};

const struct move_row row_propose_extension = {
	.move = MOVE_PROPOSE_EXTENSION,
	.help = "Either side proposes that the agreement go on, as often and for as long as it "
		"says, with a first offer; where it asks for a score, the home has reached it.",
	.sides = C | P,
	.commissioner_roles = OFFICER,
	.provider_roles = NEGOTIATOR,
	.stages = IN_FORCE,
	.rules = RULES(&rule_agreed_before, &rule_no_round_open, &rule_extension_left,
		       &rule_terms_sound, &rule_begins_in_force, &rule_valid_until,
		       &rule_within_limit, &rule_guide_reason),
	.derive = derive_proposal,
	STARTS({DUTY_RESPOND, OWED_BY_OTHER, NULL, NULL},
	       {DUTY_OFFER_STANDS, OWED_BY_NOBODY, NULL, NULL}),
	.opens_round = ROUND_EXTENSION,
	.seen = SEEN_BY_THREAD,
	.counts = true,
};
