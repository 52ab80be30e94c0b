/*
 * moves_ending.c - rows of the protocol: notice, the end of care, and care that passes on.
 *
 * After the end the account stays open: messages, documents, disputes and complaints are still
 * made, and nothing else is.
 */
#include "moves.h"

const struct move_row row_give_notice = {
	.move = MOVE_GIVE_NOTICE,
	.help = "One side gives notice by a clause; plans for the exit and the handover are due.",
	.sides = C | P | R,
	.commissioner_roles = OFFICER,
	.provider_roles = NEGOTIATOR,
	.representative_roles = REPRESENTATIVE,
	.stages = IN_FORCE,
	.recorded_for = C | P | R,
	.rules = RULES(&rule_thread_open, &rule_no_notice, &rule_notice_sound),
	STARTS({DUTY_EXIT_PLAN, OWED_BY_PROVIDER, NULL, NULL},
	       {DUTY_HANDOVER_PLAN, OWED_BY_COMMISSIONER, NULL, NULL}),
	.seen = SEEN_BY_SIDES,
	.seen_by_person = true,
	.counts = true,
};

const struct move_row row_file_exit_plan = {
	.move = MOVE_FILE_EXIT_PLAN,
	.help = "The provider's plan for the person to leave well.",
	.sides = P,
	.provider_roles = NEGOTIATOR,
	.stages = IN_FORCE,
	.recorded_for = P,
	.rules = RULES(&rule_thread_open, &rule_notice_given, &rule_plan_attached),
	.derive = derive_plan,
	.meets = DUTY(EXIT_PLAN),
	.seen = SEEN_BY_SIDES,
	.seen_by_person = true,
	.counts = true,
};

const struct move_row row_file_handover_plan = {
	.move = MOVE_FILE_HANDOVER_PLAN,
	.help = "The commissioner's plan for what follows, and how it is handed over.",
	.sides = C,
	.commissioner_roles = OFFICER,
	.stages = IN_FORCE,
	.rules = RULES(&rule_thread_open, &rule_notice_given, &rule_plan_attached),
	.derive = derive_plan,
	.meets = DUTY(HANDOVER_PLAN),
	.seen = SEEN_BY_SIDES,
	.seen_by_person = true,
	.counts = true,
};

const struct move_row row_end = {
	.move = MOVE_END,
	.help = "Care has ended by notice, on the agreement's last day or as planned; all clocks "
		"stop but a complaint's, and the account stays open.",
	.sides = C,
	.commissioner_roles = OFFICER,
	.stages = IN_FORCE,
	.rules = RULES(&rule_end_has_come, &rule_ending_sound),
	.meets = DUTY(END_OR_EXTEND),
	.releases = CARE_DUTIES,
	.seen = SEEN_BY_ALL,
	.seen_by_person = true,
	.counts = true,
	LEADS({IN_FORCE, STAGE_ENDED, NULL}),
};

const struct move_row row_record_death = {
	.move = MOVE_RECORD_DEATH,
	.help = "The person has died: every action due ends, reminders and letters stop that day.",
	.sides = C | P,
	.commissioner_roles = OFFICER,
	.provider_roles = NEGOTIATOR,
	.stages = BEFORE_FORCE | IN_FORCE,
	.rules = RULES(&rule_is_negotiated_with, &rule_death_sound),
	.releases = EVERY_DUTY,
	.seen = SEEN_BY_ALL,
	.seen_by_person = true,
	.counts = true,
	LEADS({BEFORE_FORCE | IN_FORCE, STAGE_ENDED, NULL}),
};

const struct move_row row_transfer = {
	.move = MOVE_TRANSFER,
	.help = "Another payer takes over and opens its own placement; the day before is the last "
		"one of this one.",
	.sides = C,
	.commissioner_roles = OFFICER,
	.stages = IN_FORCE,
	.rules = RULES(&rule_transfer_sound),
	.releases = CARE_DUTIES,
	.seen = SEEN_BY_ALL,
	.seen_by_person = true,
	.counts = true,
	LEADS({IN_FORCE, STAGE_ENDED, NULL}),
};

const struct move_row row_novate = {
	.move = MOVE_NOVATE,
	.help = "Another provider is to take over on the same terms; it is told once both sides "
		"stand by it. It replaces a change of provider that is proposed and not done.",
	.sides = C | P,
	.commissioner_roles = OFFICER,
	.provider_roles = NEGOTIATOR,
	.stages = IN_FORCE,
	.rules = RULES(&rule_thread_open, &rule_no_round_open, &rule_no_notice,
		       &rule_novation_sound),
	.releases = DUTY(CONSENT_TO_NOVATION),
	STARTS({DUTY_CONSENT_TO_NOVATION, OWED_BY_OTHER, NULL, NULL}),
	.follow = tell_of_novation_replaced,
	.seen = SEEN_BY_SIDES,
	.counts = true,
};

const struct move_row row_consent_to_novation = {
	.move = MOVE_CONSENT_TO_NOVATION,
	.help = "The other side consents, and then the provider that takes over, on or after the "
		"day: that makes the next version of the agreement, on the same terms.",
	.sides = C | P,
	.commissioner_roles = SIGNATORY,
	.provider_roles = SIGNATORY,
	.stages = IN_FORCE,
	.rules = RULES(&rule_novation_awaits, &rule_no_round_open, &rule_no_notice,
		       &rule_novation_begun, &rule_novation_unchanged),
	.derive = derive_novation,
	.meets = DUTY(CONSENT_TO_NOVATION),
	.effect = novation_can_be_counted,
	.follow = tell_of_novation,
	.seen = SEEN_BY_SIDES,
	.counts = true,
};

const struct move_row row_drop_novation = {
	.move = MOVE_DROP_NOVATION,
	.help = "The side that proposed a change of provider takes it back, or who is to consent "
		"next declines; the present provider goes on.",
	.sides = C | P,
	.commissioner_roles = OFFICER | SIGNATORY,
	.provider_roles = NEGOTIATOR | SIGNATORY,
	.stages = IN_FORCE,
	.rules = RULES(&rule_novation_open),
	.releases = DUTY(CONSENT_TO_NOVATION),
	.follow = tell_of_novation_dropped,
	.seen = SEEN_BY_SIDES,
	.counts = true,
};
