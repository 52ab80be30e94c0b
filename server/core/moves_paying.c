/*
 * moves_paying.c - rows of the protocol: interim terms, who pays, top-ups, nights away.
 */
#include "moves.h"

#define WITH_PROVIDER (INVITING | NEGOTIATING | MEDIATING | SIGNING)

const struct move_row row_agree_interim_terms = {
	.move = MOVE_AGREE_INTERIM_TERMS,
	.help = "What is paid a week until terms are signed, so that care may start: one side "
		"enters it, the other agrees by entering the same.",
	.sides = C | P,
	.commissioner_roles = OFFICER,
	.provider_roles = NEGOTIATOR,
	.stages = WITH_PROVIDER,
	/* not for the commissioner: the refusal would betray its approved limit */
	.recorded_for = P,
	.rules = RULES(&rule_nothing_in_force, &rule_thread_open, &rule_chosen_first,
		       &rule_interim_sound, &rule_interim_within_limit),
	.derive = derive_interim_terms,
	.meets = DUTY(ACKNOWLEDGE),
	STARTS({DUTY_SIGNED_TERMS, OWED_BY_BOTH, interim_becomes_agreed, "when both agree"}),
	.effect = release_if_interim_agreed,
	.seen = SEEN_BY_THREAD,
	.counts = true,
};

const struct move_row row_change_funding = {
	.move = MOVE_CHANGE_FUNDING,
	.help = "Who pays what of the same fee from a day on, earlier days too; nobody signs.",
	.sides = C,
	.commissioner_roles = OFFICER,
	.stages = IN_FORCE | ENDED,
	.rules = RULES(&rule_agreed_before, &rule_thread_open, &rule_funding_fits),
	.derive = derive_funding_change,
	.seen = SEEN_BY_THREAD,
	.seen_by_person = true,
	.counts = true,
};

const struct move_row row_sign_top_up = {
	.move = MOVE_SIGN_TOP_UP,
	.help = "A third party has signed its own agreement to a top-up; until then the authority "
		"stands behind it. A co-payer that pays one enters it itself.",
	.sides = C | CO,
	.commissioner_roles = OFFICER,
	.co_payer_roles = SIGNATORY | REPRESENTATIVE,
	.stages = IN_FORCE | ENDED,
	.rules = RULES(&rule_agreed_before, &rule_thread_open, &rule_top_up_there),
	.derive = derive_top_up,
	.seen = SEEN_BY_THREAD,
	.counts = true,
};

const struct move_row row_record_absence = {
	.move = MOVE_RECORD_ABSENCE,
	.help = "The person is away, in hospital or on holiday: from which night, and what is paid "
		"to hold the bed.",
	.sides = C | P,
	.commissioner_roles = OFFICER,
	.provider_roles = NEGOTIATOR,
	.stages = WITH_PROVIDER | IN_FORCE,
	.rules = RULES(&rule_care_started, &rule_thread_open, &rule_chosen_first,
		       &rule_absence_sound),
	.derive = derive_absence,
	.seen = SEEN_BY_THREAD,
	.seen_by_person = true,
	.counts = true,
};

const struct move_row row_end_absence = {
	.move = MOVE_END_ABSENCE,
	.help = "The person is back: the last night away.",
	.sides = C | P,
	.commissioner_roles = OFFICER,
	.provider_roles = NEGOTIATOR,
	.stages = WITH_PROVIDER | IN_FORCE,
	.rules = RULES(&rule_care_started, &rule_thread_open, &rule_chosen_first,
		       &rule_absence_open),
	.derive = derive_absence_end,
	.seen = SEEN_BY_THREAD,
	.seen_by_person = true,
	.counts = true,
};
