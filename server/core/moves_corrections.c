/*
 * moves_corrections.c - rows of the protocol: entries put right. Nothing is ever edited.
 *
 * The time of recording, the author and the other side's words can never be corrected; what both
 * signed is, by a version that both sign.
 */
#include "moves.h"

const struct move_row row_correct = {
	.move = MOVE_CORRECT,
	.help = "One side puts right a day in an entry of its own; the entry stays, marked, and "
		"clocks, scores and money are derived again.",
	.sides = C | P,
	.commissioner_roles = OFFICER,
	.provider_roles = NEGOTIATOR,
	.stages = EVER,
	.rules = RULES(&rule_entry_correctable, &rule_correction_sound),
	.derive = derive_entry_seq,
	.effect = correct_clocks,
	.seen = SEEN_BY_ALL,
	.counts = true,
};

const struct move_row row_mark_entered_in_error = {
	.move = MOVE_MARK_ENTERED_IN_ERROR,
	.help = "A second officer of the side that made it, or whoever represents the person one "
		"of "
		"their own, marks an entry as one that should never have been made: its clocks and "
		"notices are void, and it stays counted.",
	.sides = C | P | R,
	.commissioner_roles = OFFICER,
	.provider_roles = NEGOTIATOR,
	.representative_roles = REPRESENTATIVE,
	.stages = EVER,
	.rules = RULES(&rule_entry_markable, &rule_second_officer),
	.derive = derive_entry_seq,
	.effect = void_clocks,
	.seen = SEEN_BY_ALL,
	.counts = true,
};

const struct move_row row_redact = {
	.move = MOVE_REDACT,
	.help = "The data protection lead destroys an entry's personal texts, and the bytes of a "
		"document that it attached; digest, size, type, grounds and date remain.",
	.sides = C,
	.commissioner_roles = DATA_PROTECTION,
	.stages = EVER,
	.rules = RULES(&rule_entry_redactable),
	.derive = derive_entry_seq,
	.seen = SEEN_BY_ALL,
	.counts = false,
};

const struct move_row row_propose_correction = {
	.move = MOVE_PROPOSE_CORRECTION,
	.help = "What both signed is wrong: a correcting version from the same day, which both "
		"sign. Until then the signed one stands, marked disputed.",
	.sides = C | P,
	.commissioner_roles = OFFICER,
	.provider_roles = NEGOTIATOR,
	.stages = IN_FORCE | ENDED,
	.rules = RULES(&rule_agreed_before, &rule_no_round_open, &rule_terms_sound,
		       &rule_version_to_correct, &rule_valid_until, &rule_within_limit,
		       &rule_guide_reason),
	.derive = derive_proposal,
	STARTS({DUTY_RESPOND, OWED_BY_OTHER, NULL, NULL},
	       {DUTY_OFFER_STANDS, OWED_BY_NOBODY, NULL, NULL}),
	.opens_round = ROUND_CORRECTION,
	.seen = SEEN_BY_THREAD,
	.counts = true,
};
