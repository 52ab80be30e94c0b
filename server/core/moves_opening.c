/*
 * moves_opening.c - rows of the protocol: from opening to the panel's decision.
 */
#include "moves.h"

const struct move_row row_open_placement = {
	.move = MOVE_OPEN_PLACEMENT,
	.help = "A commissioner opens a placement for a person, who is kept apart "
		"and encrypted.",
	.sides = C,
	.commissioner_roles = OFFICER,
	.stages = 0,
	.rules = RULES(&rule_opening_sound),
	.seen = SEEN_BY_ALL,
	.seen_by_person = true,
	.counts = true,
	LEADS({0, STAGE_PREPARING, NULL}),
};

const struct move_row row_describe_needs = {
	.move = MOVE_DESCRIBE_NEEDS,
	.help = "Needs by area and outcomes, from an assessment; of care that already ran, once "
		"it is in force too.",
	.sides = C,
	.commissioner_roles = OFFICER,
	.stages = PREPARING | INVITING | NEGOTIATING | IN_FORCE,
	.rules = RULES(&rule_needs_wanted, &rule_needs_sound),
	.seen = SEEN_BY_ALL,
	.seen_by_person = true,
	.counts = true,
};

const struct move_row row_record_involvement = {
	.move = MOVE_RECORD_INVOLVEMENT,
	.help = "How the person took part in a step, who supported them and what "
		"they said; or why not.",
	.sides = C | P | R,
	.commissioner_roles = OFFICER,
	.provider_roles = NEGOTIATOR,
	.representative_roles = REPRESENTATIVE,
	.stages = ANY_STAGE,
	.recorded_for = C | P | R,
	.rules = RULES(&rule_involvement_explained),
	.meets = DUTY(RECORD_INVOLVEMENT),
	.seen = SEEN_BY_ALL,
	.seen_by_person = true,
	.counts = false,
};

const struct move_row row_calculate = {
	.move = MOVE_CALCULATE,
	.help = "A guide price by line from a cost model; the newest governs and "
		"all are kept. A starting point and not a conclusion.",
	.sides = C,
	.commissioner_roles = OFFICER,
	.stages = PREPARING | INVITING | NEGOTIATING | MEDIATING,
	.rules = RULES(&rule_involved_in_calculation),
	.derive = derive_calculation,
	.meets = DUTY(RECALCULATE),
	STARTS({DUTY_RECORD_INVOLVEMENT, OWED_BY_COMMISSIONER, calculated_without_person,
		"in an emergency, when the person was not involved yet"}),
	.seen = SEEN_BY_ALL,
	.counts = true,
};

const struct move_row row_refer_to_panel = {
	.move = MOVE_REFER_TO_PANEL,
	.help = "The commissioner's panel is asked; a reply that the commissioner "
		"owes then waits for the sitting and 1 working day.",
	.sides = C,
	.commissioner_roles = OFFICER,
	.stages = PREPARING | INVITING | NEGOTIATING | MEDIATING,
	.rules = RULES(&rule_has_guide, &rule_has_needs, &rule_panel_not_pending),
	.derive = derive_sitting,
	STARTS({DUTY_DECIDE_AT_PANEL, OWED_BY_COMMISSIONER, NULL, NULL}),
	.effect = wait_for_sitting,
	.seen = SEEN_BY_ALL,
	.counts = true,
	LEADS({PREPARING, STAGE_WITH_PANEL, NULL}),
};

const struct move_row row_panel_decide = {
	.move = MOVE_PANEL_DECIDE,
	.help = "The panel approves with a limit private to the commissioner, "
		"returns with reasons, or refuses. Once a provider negotiates, a "
		"refusal leaves the limit as it was.",
	.sides = C,
	.commissioner_roles = PANEL,
	.stages = WITH_PANEL | INVITING | NEGOTIATING | MEDIATING,
	.rules = RULES(&rule_panel_pending, &rule_approver_is_another, &rule_panel_gives_reasons),
	.meets = DUTY(DECIDE_AT_PANEL),
	.effect = release_if_refused,
	.seen = SEEN_BY_COMMISSIONER,
	.seen_by_person = true,
	.counts = true,
	LEADS({WITH_PANEL, STAGE_INVITING, "when approved"},
	      {WITH_PANEL, STAGE_PREPARING, "when returned"},
	      {WITH_PANEL, STAGE_ENDED, "when refused"}),
};
