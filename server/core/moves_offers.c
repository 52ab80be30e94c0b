/*
 * moves_offers.c - rows of the protocol: invitations, mini-competitions, offers in turn.
 */
#include "moves.h"

const struct move_row row_invite = {
	.move = MOVE_INVITE,
	.help = "A provider is shown the calculation, its model, assumptions and the needs "
		"without identity. Several, with one closing day, are a mini-competition: "
		"each has a strand of its own and its offer stays sealed.",
	.sides = C,
	.commissioner_roles = OFFICER,
	.stages = PREPARING | INVITING,
	.rules = RULES(&rule_has_needs, &rule_has_guide, &rule_nothing_invited,
		       &rule_invitee_is_another, &rule_approved_or_under_threshold,
		       &rule_closing_sound),
	.derive = derive_invitation,
	STARTS({DUTY_ACKNOWLEDGE, OWED_BY_PROVIDER, is_single_invitation,
		"unless it is one of several"},
	       {DUTY_MAKE_OFFER, OWED_BY_PROVIDER, NULL, NULL},
	       {DUTY_OPEN_OFFERS, OWED_BY_NOBODY, is_one_of_several, "when it is one of several"}),
	.seen = SEEN_BY_THREAD,
	.counts = true,
	LEADS({PREPARING | INVITING, STAGE_INVITING, NULL}),
};

const struct move_row row_acknowledge = {
	.move = MOVE_ACKNOWLEDGE,
	.help = "The provider has the invitation and names a contact.",
	.sides = P,
	.provider_roles = NEGOTIATOR,
	.stages = INVITING | NEGOTIATING,
	.recorded_for = P,
	.rules = RULES(&rule_thread_open, &rule_not_acknowledged),
	.meets = DUTY(ACKNOWLEDGE),
	.seen = SEEN_BY_THREAD,
	.counts = true,
};

const struct move_row row_decline = {
	.move = MOVE_DECLINE,
	.help = "The provider declines with a reason, an invitation or the terms of care that "
		"already runs; another may be invited.",
	.sides = P,
	.provider_roles = NEGOTIATOR,
	.stages = INVITING | NEGOTIATING,
	.recorded_for = P,
	.rules = RULES(&rule_thread_open, &rule_decline_in_time),
	.releases = STRAND_DUTIES,
	.seen = SEEN_BY_THREAD,
	.counts = true,
	LEADS({NEGOTIATING, STAGE_INVITING, "when care already ran"}),
};

const struct move_row row_ask = {
	.move = MOVE_ASK,
	.help = "One side asks the other; its own offer clock is paused until the "
		"answer, or until the wait for one is over, so that no invitation stays "
		"open for ever. A closing time of several stands.",
	.sides = C | P,
	.commissioner_roles = OFFICER,
	.provider_roles = NEGOTIATOR,
	.stages = INVITING | NEGOTIATING,
	.recorded_for = C | P,
	.rules = RULES(&rule_thread_open, &rule_few_questions),
	.derive = derive_question,
	.pauses = OFFER_CLOCKS,
	STARTS({DUTY_ANSWER, OWED_BY_OTHER, NULL, NULL},
	       {DUTY_WAIT_FOR_ANSWER, OWED_BY_NOBODY, NULL, NULL}),
	.seen = SEEN_BY_THREAD,
	.counts = true,
};

const struct move_row row_answer = {
	.move = MOVE_ANSWER,
	.help = "The answer; the asker's offer clock goes on with the ticks that "
		"remain.",
	.sides = C | P,
	.commissioner_roles = OFFICER,
	.provider_roles = NEGOTIATOR,
	.stages = INVITING | NEGOTIATING,
	.recorded_for = C | P,
	.rules = RULES(&rule_thread_open, &rule_question_open),
	.meets = DUTY(ANSWER),
	.resumes = OFFER_CLOCKS,
	.effect = release_wait,
	.seen = SEEN_BY_THREAD,
	.counts = true,
};

const struct move_row row_make_offer = {
	.move = MOVE_MAKE_OFFER,
	.help = "An offer or counter-offer: fee lines, outcomes, start, clauses. "
		"Either side first, then in turn.",
	.sides = C | P,
	.commissioner_roles = OFFICER,
	.provider_roles = NEGOTIATOR,
	.stages = INVITING | NEGOTIATING,
	.recorded_for = P,
	.rules = RULES(&rule_thread_open, &rule_chosen_first, &rule_turn, &rule_terms_sound,
		       &rule_begins_in_force, &rule_lines_answered, &rule_valid_until,
		       &rule_within_limit, &rule_guide_reason),
	.derive = derive_offer,
	.meets = DUTY(ACKNOWLEDGE) | DUTY(MAKE_OFFER) | DUTY(RESPOND) | DUTY(OFFER_AGAIN) |
		 DUTY(CONFIRM_EXISTING_AGREEMENT),
	.releases = DUTY(MAKE_OFFER) | DUTY(OFFER_AGAIN) | DUTY(OFFER_STANDS) |
		    DUTY(AFTER_REJECTION) | DUTY(ROUND_STANDS),
	STARTS({DUTY_RESPOND, OWED_BY_OTHER, is_unsealed, "unless it is sealed"},
	       {DUTY_OFFER_STANDS, OWED_BY_NOBODY, is_unsealed, "unless it is sealed"}),
	.seen = SEEN_BY_THREAD,
	.counts = true,
	LEADS({INVITING | NEGOTIATING, STAGE_NEGOTIATING, "unless it is sealed"}),
};

const struct move_row row_withdraw_offer = {
	.move = MOVE_WITHDRAW_OFFER,
	.help = "Its maker withdraws the offer on the table and owes another. Before the closing "
		"time of several it may put another; after it, it is out of the running.",
	.sides = C | P,
	.commissioner_roles = OFFICER,
	.provider_roles = NEGOTIATOR,
	.stages = INVITING | NEGOTIATING,
	.recorded_for = C | P,
	.rules = RULES(&rule_thread_open, &rule_offer_on_table, &rule_own_offer),
	.derive = derive_withdrawn_offer,
	.releases = DUTY(RESPOND) | DUTY(OFFER_STANDS) | DUTY(CONFIRM_EXISTING_AGREEMENT),
	STARTS({DUTY_OFFER_AGAIN, OWED_BY_MOVER, is_negotiated, "in the strand negotiated in"},
	       {DUTY_ROUND_STANDS, OWED_BY_NOBODY, is_negotiated, "in the strand negotiated in"}),
	.effect = release_if_out_of_running,
	.seen = SEEN_BY_THREAD,
	.counts = true,
	LEADS({NEGOTIATING, STAGE_INVITING, "when it was the last of those opened to choose from"}),
};

const struct move_row row_accept = {
	.move = MOVE_ACCEPT,
	.help = "The other side accepts, naming the digest of the terms.",
	.sides = C | P,
	.commissioner_roles = OFFICER,
	.provider_roles = NEGOTIATOR,
	.stages = NEGOTIATING,
	.recorded_for = P,
	.rules = RULES(&rule_thread_open, &rule_chosen_first, &rule_offer_on_table,
		       &rule_others_offer, &rule_not_existing, &rule_names_digest,
		       &rule_within_limit, &rule_guide_reason),
	.derive = derive_acceptance,
	.meets = DUTY(ACKNOWLEDGE) | DUTY(RESPOND),
	.releases = DUTY(OFFER_STANDS) | DUTY(ANSWER) | DUTY(WAIT_FOR_ANSWER) |
		    DUTY(DECIDE_AT_PANEL) | DUTY(CONSENT_TO_MEDIATION) | DUTY(RECALCULATE),
	STARTS({DUTY_SIGN, OWED_BY_BOTH, NULL, NULL},
	       {DUTY_ACCEPTANCE_STANDS, OWED_BY_NOBODY, NULL, NULL}),
	.seen = SEEN_BY_THREAD,
	.counts = true,
	LEADS({NEGOTIATING, STAGE_SIGNING, NULL}),
};

const struct move_row row_reject = {
	.move = MOVE_REJECT,
	.help = "The other side rejects with a reason; either may make a new offer "
		"while the round stays open.",
	.sides = C | P,
	.commissioner_roles = OFFICER,
	.provider_roles = NEGOTIATOR,
	.stages = NEGOTIATING,
	.recorded_for = C | P,
	.rules = RULES(&rule_thread_open, &rule_chosen_first, &rule_offer_on_table,
		       &rule_others_offer),
	.derive = derive_rejection,
	.meets = DUTY(ACKNOWLEDGE) | DUTY(RESPOND) | DUTY(CONFIRM_EXISTING_AGREEMENT),
	.releases = DUTY(OFFER_STANDS),
	STARTS({DUTY_AFTER_REJECTION, OWED_BY_EITHER, NULL, NULL}),
	.seen = SEEN_BY_THREAD,
	.counts = true,
};

const struct move_row row_reopen_invitation = {
	.move = MOVE_REOPEN_INVITATION,
	.help = "An invitation that lapsed is open again, with a new clock: alone, or several "
		"with a new closing day.",
	.sides = C,
	.commissioner_roles = OFFICER,
	.stages = INVITING,
	.rules = RULES(&rule_invitation_lapsed, &rule_nothing_invited,
		       &rule_approved_or_under_threshold, &rule_closing_sound),
	STARTS({DUTY_MAKE_OFFER, OWED_BY_PROVIDER, NULL, NULL},
	       {DUTY_OPEN_OFFERS, OWED_BY_NOBODY, is_one_of_several, "when it is one of several"}),
	.seen = SEEN_BY_THREAD,
	.counts = true,
};

const struct move_row row_choose_provider = {
	.move = MOVE_CHOOSE_PROVIDER,
	.help = "Among the offers of a mini-competition, once opened: marks for quality and "
		"price, and the person's choice. Each provider hears its own marks and reasons.",
	.sides = C,
	.commissioner_roles = OFFICER,
	.stages = NEGOTIATING,
	.rules = RULES(&rule_offers_opened, &rule_none_chosen, &rule_involved_in_choice,
		       &rule_scores_sound),
	.derive = derive_choice,
	STARTS({DUTY_RECORD_INVOLVEMENT, OWED_BY_COMMISSIONER, chosen_without_person,
		"in an emergency, when the person was not involved yet"}),
	.follow = choose_among_others,
	.seen = SEEN_BY_THREAD,
	.counts = true,
};

const struct move_row row_share_identity = {
	.move = MOVE_SHARE_IDENTITY,
	.help = "The provider negotiated with is told who the person is, so that it can assess.",
	.sides = C,
	.commissioner_roles = OFFICER,
	.stages = INVITING | NEGOTIATING | MEDIATING | SIGNING | IN_FORCE,
	.rules = RULES(&rule_thread_open, &rule_chosen_first, &rule_identity_not_shared),
	.seen = SEEN_BY_THREAD,
	.counts = true,
};

const struct move_row row_provider_assessment = {
	.move = MOVE_PROVIDER_ASSESSMENT,
	.help = "The provider has met the person: it can meet the needs, can with changes, or "
		"cannot, which ends its strand.",
	.sides = P,
	.provider_roles = NEGOTIATOR,
	.stages = INVITING | NEGOTIATING,
	.recorded_for = P,
	.rules = RULES(&rule_nothing_in_force, &rule_thread_open, &rule_identity_shared),
	.effect = release_if_cannot,
	.seen = SEEN_BY_THREAD,
	.counts = true,
	LEADS({NEGOTIATING, STAGE_INVITING, "when it cannot meet the needs"}),
};
