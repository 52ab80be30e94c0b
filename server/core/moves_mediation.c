/*
 * moves_mediation.c - rows of the protocol: mediation, by consent of both and no other way.
 *
 * Consent pauses every clock of the round, the offer's own too; leaving, concluding or running out
 * of time lets them go on with the ticks that remain. What was said in the room is not recorded.
 */
#include "moves.h"

const struct move_row row_propose_mediation = {
	.move = MOVE_PROPOSE_MEDIATION,
	.help = "One side proposes mediation, who appoints the mediator if nobody agrees, and "
		"how its cost is shared. No clock is paused, but the round does not end before "
		"the answer is due. It lapses without penalty.",
	.sides = C | P,
	.commissioner_roles = OFFICER,
	.provider_roles = NEGOTIATOR,
	.stages = NEGOTIATING,
	.rules = RULES(&rule_thread_open, &rule_chosen_first, &rule_has_offers,
		       &rule_no_mediation_pending),
	.meets = DUTY(ACKNOWLEDGE),
	STARTS({DUTY_CONSENT_TO_MEDIATION, OWED_BY_OTHER, NULL, NULL}),
	.effect = hold_round_for_answer,
	.seen = SEEN_BY_THREAD,
	.counts = true,
};

const struct move_row row_consent_to_mediation = {
	.move = MOVE_CONSENT_TO_MEDIATION,
	.help = "The other side consents: every clock of the round is paused, the offer's own "
		"too.",
	.sides = C | P,
	.commissioner_roles = OFFICER,
	.provider_roles = NEGOTIATOR,
	.stages = NEGOTIATING,
	.rules = RULES(&rule_thread_open, &rule_mediation_proposed, &rule_others_proposal),
	.meets = DUTY(ACKNOWLEDGE) | DUTY(CONSENT_TO_MEDIATION),
	STARTS({DUTY_AGREE_MEDIATOR, OWED_BY_BOTH, NULL, NULL},
	       {DUTY_APPOINT_MEDIATOR, OWED_BY_NOBODY, NULL, NULL}),
	.effect = pause_for_mediation,
	.seen = SEEN_BY_THREAD,
	.counts = true,
	LEADS({NEGOTIATING, STAGE_MEDIATING, NULL}),
};

const struct move_row row_refuse_mediation = {
	.move = MOVE_REFUSE_MEDIATION,
	.help = "The other side would not mediate; the negotiation goes on as it was.",
	.sides = C | P,
	.commissioner_roles = OFFICER,
	.provider_roles = NEGOTIATOR,
	.stages = NEGOTIATING,
	.rules = RULES(&rule_thread_open, &rule_mediation_proposed, &rule_others_proposal),
	.meets = DUTY(ACKNOWLEDGE) | DUTY(CONSENT_TO_MEDIATION),
	.seen = SEEN_BY_THREAD,
	.counts = true,
};

const struct move_row row_nominate_mediator = {
	.move = MOVE_NOMINATE_MEDIATOR,
	.help = "One side names a mediator, who is neither side.",
	.sides = C | P,
	.commissioner_roles = OFFICER,
	.provider_roles = NEGOTIATOR,
	.stages = MEDIATING,
	.rules = RULES(&rule_thread_open, &rule_mediator_wanted, &rule_mediator_is_another),
	.seen = SEEN_BY_THREAD,
	.counts = true,
};

const struct move_row row_agree_mediator = {
	.move = MOVE_AGREE_MEDIATOR,
	.help = "The other side agrees to the mediator named, who then sees the strand.",
	.sides = C | P,
	.commissioner_roles = OFFICER,
	.provider_roles = NEGOTIATOR,
	.stages = MEDIATING,
	.rules = RULES(&rule_thread_open, &rule_mediator_wanted, &rule_others_nominee),
	.derive = derive_mediator,
	.meets = DUTY(AGREE_MEDIATOR),
	.releases = DUTY(APPOINT_MEDIATOR),
	STARTS({DUTY_MEDIATE, OWED_BY_MEDIATOR, NULL, NULL}),
	.effect = meet_for_both,
	.seen = SEEN_BY_THREAD,
	.counts = true,
};

const struct move_row row_appoint_by_body = {
	.move = MOVE_APPOINT_BY_BODY,
	.help = "Past the time to agree, the appointing body's nomination stands, with its "
		"letter.",
	.sides = C | P,
	.commissioner_roles = OFFICER,
	.provider_roles = NEGOTIATOR,
	.stages = MEDIATING,
	.rules = RULES(&rule_thread_open, &rule_mediator_wanted, &rule_mediator_is_another,
		       &rule_agreeing_took_too_long),
	.meets = DUTY(AGREE_MEDIATOR),
	.releases = DUTY(APPOINT_MEDIATOR),
	STARTS({DUTY_MEDIATE, OWED_BY_MEDIATOR, NULL, NULL}),
	.effect = meet_for_both,
	.seen = SEEN_BY_THREAD,
	.counts = true,
};

const struct move_row row_propose_settlement = {
	.move = MOVE_PROPOSE_SETTLEMENT,
	.help = "The mediator puts terms to both; the newest stands.",
	.sides = M,
	.mediator_roles = MEDIATOR,
	.stages = MEDIATING,
	.rules = RULES(&rule_mediator_at_work, &rule_mediator_took_no_part, &rule_terms_sound,
		       &rule_begins_in_force),
	.derive = derive_settlement,
	.seen = SEEN_BY_THREAD,
	.counts = true,
};

const struct move_row row_accept_settlement = {
	.move = MOVE_ACCEPT_SETTLEMENT,
	.help = "One side accepts the settlement, naming its digest; when both have, it is "
		"signed.",
	.sides = C | P,
	.commissioner_roles = OFFICER,
	.provider_roles = NEGOTIATOR,
	.stages = MEDIATING,
	.rules = RULES(&rule_thread_open, &rule_settlement_proposed, &rule_settlement_not_accepted,
		       &rule_names_digest, &rule_within_limit, &rule_guide_reason),
	.derive = derive_settlement_acceptance,
	STARTS({DUTY_SIGN, OWED_BY_BOTH, settled_by_both, "when both have accepted"},
	       {DUTY_ACCEPTANCE_STANDS, OWED_BY_NOBODY, settled_by_both,
		"when both have accepted"}),
	.effect = release_if_settled,
	.seen = SEEN_BY_THREAD,
	.counts = true,
	LEADS({MEDIATING, STAGE_SIGNING, "when both have accepted"}),
};

const struct move_row row_leave_mediation = {
	.move = MOVE_LEAVE_MEDIATION,
	.help = "One side leaves: not settled, and clocks go on with the ticks that remain.",
	.sides = C | P,
	.commissioner_roles = OFFICER,
	.provider_roles = NEGOTIATOR,
	.stages = MEDIATING,
	.rules = RULES(&rule_thread_open),
	.releases = DUTY(AGREE_MEDIATOR) | DUTY(APPOINT_MEDIATOR) | DUTY(MEDIATE),
	.effect = resume_after_mediation,
	.seen = SEEN_BY_THREAD,
	.counts = true,
	LEADS({MEDIATING, STAGE_NEGOTIATING, NULL}),
};

const struct move_row row_conclude_mediation = {
	.move = MOVE_CONCLUDE_MEDIATION,
	.help = "The mediator says how it ended; clocks go on with the ticks that remain.",
	.sides = M,
	.mediator_roles = MEDIATOR,
	.stages = MEDIATING,
	.rules = RULES(&rule_mediator_at_work, &rule_mediator_took_no_part),
	.meets = DUTY(MEDIATE),
	.effect = resume_after_mediation,
	.seen = SEEN_BY_THREAD,
	.counts = true,
	LEADS({MEDIATING, STAGE_NEGOTIATING, NULL}),
};
