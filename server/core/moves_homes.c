/*
 * moves_homes.c - rows of the protocol: what the authority's record of a home asks of a placement.
 *
 * The record's own moves are home_moves.c's.
 */
#include "moves.h"

const struct move_row row_apply_quality = {
	.move = MOVE_APPLY_QUALITY,
	.help = "The authority has recorded a score of the home, or put one right: where the terms "
		"say what follows from a score, the fee follows it from its day.",
	.sides = T,
	.stages = IN_FORCE | ENDED,
	.seen = SEEN_BY_THREAD,
	.counts = true,
};

const struct move_row row_apply_flag = {
	.move = MOVE_APPLY_FLAG,
	.help = "The authority's flag of the home is red, its own or one that it was told of: "
		"somebody is to look at how the person is. When it is red no longer that is not "
		"owed any more.",
	.sides = T,
	.stages = IN_FORCE,
	STARTS({DUTY_CONFIRM_CHECK, OWED_BY_COMMISSIONER, flag_is_red,
		"when it is red, and no check is owed"}),
	.seen = SEEN_BY_COMMISSIONER,
	.counts = true,
};

const struct move_row row_confirm_check = {
	.move = MOVE_CONFIRM_CHECK,
	.help = "Somebody has looked at how the person is, because the flag of the home is red. "
		"It stays the commissioner's own.",
	.sides = C,
	.commissioner_roles = OFFICER | MANAGER,
	.stages = IN_FORCE,
	.rules = RULES(&rule_check_owed, &rule_check_sound),
	.meets = DUTY(CONFIRM_CHECK),
	.seen = SEEN_BY_COMMISSIONER,
	.counts = true,
};
