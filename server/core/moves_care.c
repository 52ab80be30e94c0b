/*
 * moves_care.c - rows of the protocol: signature, care and the end.
 */
#include "moves.h"

const struct move_row row_sign = {
	.move = MOVE_SIGN,
	.help = "A signatory of each side signs, naming the digest; the second "
		"signature makes the agreement.",
	.sides = C | P,
	.commissioner_roles = SIGNATORY,
	.provider_roles = SIGNATORY,
	.stages = SIGNING,
	.rules = RULES(&rule_thread_open, &rule_not_signed_yet, &rule_signatory_is_third,
		       &rule_involved_in_signature, &rule_names_digest),
	.derive = derive_signature,
	.meets = DUTY(SIGN) | DUTY(SIGNED_TERMS) | DUTY(END_OR_EXTEND),
	STARTS({DUTY_CONFIRM_START, OWED_BY_COMMISSIONER, care_to_be_confirmed,
		"when both have signed"},
	       {DUTY_RECORD_INVOLVEMENT, OWED_BY_COMMISSIONER, signed_without_person,
		"in an emergency, when both have signed and the person was not "
		"involved yet"},
	       {DUTY_END_OR_EXTEND, OWED_BY_COMMISSIONER, end_is_agreed,
		"when both have signed terms, or planned a stay, with a last day; from that day"}),
	.effect = release_if_agreed,
	.seen = SEEN_BY_THREAD,
	.seen_by_person = true,
	.counts = true,
	LEADS({SIGNING, STAGE_IN_FORCE, "when both have signed"}),
};

const struct move_row row_confirm_start = {
	.move = MOVE_CONFIRM_START,
	.help = "Care started on this day; the reviews are scheduled from it.",
	.sides = C | P,
	.commissioner_roles = OFFICER,
	.provider_roles = NEGOTIATOR,
	.stages = BEFORE_FORCE | IN_FORCE,
	.recorded_for = C | P,
	.rules = RULES(&rule_care_agreed, &rule_thread_open, &rule_chosen_first,
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
	.seen_by_person = true,
	.counts = true,
};

const struct move_row row_withdraw = {
	.move = MOVE_WITHDRAW,
	.help = "The commissioner withdraws the placement with a reason; all "
		"clocks stop. Once care has started it ends by notice alone.",
	.sides = C,
	.commissioner_roles = OFFICER,
	.stages = BEFORE_FORCE,
	.rules = RULES(&rule_nothing_in_force, &rule_care_not_started),
	.releases = CARE_DUTIES,
	.seen = SEEN_BY_ALL,
	.seen_by_person = true,
	.counts = true,
	LEADS({BEFORE_FORCE, STAGE_ENDED, NULL}),
};
