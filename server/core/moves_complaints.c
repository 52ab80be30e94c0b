/*
 * moves_complaints.c - rows of the protocol: complaints about the other side, and their ladder.
 *
 * They are no part of a negotiation: they are made in any stage and after the end, and outlast a
 * strand that is over.
 */
#include "moves.h"

const struct move_row row_raise_complaint = {
	.move = MOVE_RAISE_COMPLAINT,
	.help = "A complaint about the other side. A concern that somebody is not safe goes to the "
		"safeguarding team at once and is no complaint.",
	.sides = C | P | R,
	.commissioner_roles = OFFICER | MANAGER,
	.provider_roles = NEGOTIATOR,
	.representative_roles = REPRESENTATIVE,
	.stages = EVER,
	.recorded_for = C | P | R,
	.rules = RULES(&rule_provider_known, &rule_not_safeguarding, &rule_few_complaints),
	.derive = derive_complaint,
	STARTS({DUTY_ACKNOWLEDGE_COMPLAINT, OWED_BY_OTHER, NULL, NULL},
	       {DUTY_ANSWER_COMPLAINT, OWED_BY_OTHER, NULL, NULL}),
	.seen = SEEN_BY_SIDES,
	.counts = true,
};

const struct move_row row_acknowledge_complaint = {
	.move = MOVE_ACKNOWLEDGE_COMPLAINT,
	.help = "The other side has the complaint and says who looks into it.",
	.sides = C | P,
	.commissioner_roles = OFFICER | MANAGER,
	.provider_roles = NEGOTIATOR,
	.stages = EVER,
	.recorded_for = C | P,
	.rules = RULES(&rule_provider_known, &rule_complaint_is_new),
	.meets = DUTY(ACKNOWLEDGE_COMPLAINT),
	.seen = SEEN_BY_SIDES,
	.counts = true,
};

const struct move_row row_answer_complaint = {
	.move = MOVE_ANSWER_COMPLAINT,
	.help = "The answer to a complaint; once it is with the manager, another person's.",
	.sides = C | P,
	.commissioner_roles = OFFICER | MANAGER,
	.provider_roles = NEGOTIATOR | SIGNATORY | MANAGER,
	.stages = EVER,
	.recorded_for = C | P,
	.rules = RULES(&rule_provider_known, &rule_complaint_waits, &rule_another_answers),
	.meets = DUTY(ACKNOWLEDGE_COMPLAINT) | DUTY(ANSWER_COMPLAINT),
	.seen = SEEN_BY_SIDES,
	.counts = true,
};

const struct move_row row_escalate = {
	.move = MOVE_ESCALATE,
	.help = "Who complained goes on to the manager and then to the ombudsman or another body, "
		"after an answer or when there was none in time.",
	.sides = C | P | R,
	.commissioner_roles = OFFICER | MANAGER,
	.provider_roles = NEGOTIATOR,
	.representative_roles = REPRESENTATIVE,
	.stages = EVER,
	.recorded_for = C | P | R,
	.rules = RULES(&rule_provider_known, &rule_can_escalate, &rule_ladder_kept),
	STARTS({DUTY_ANSWER_COMPLAINT, OWED_BY_OTHER, is_to_manager, "to the manager"}),
	.effect = release_last_answer,
	.seen = SEEN_BY_SIDES,
	.counts = true,
};
