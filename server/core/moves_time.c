/*
 * moves_time.c - rows of the protocol: what time does, and what the sides agree about time.
 */
#include "moves.h"

const struct move_row row_miss = {
	.move = MOVE_MISS,
	.help = "What was due was not done in time; it stays open, and acting late "
		"closes it.",
	.sides = T,
	.stages = BEFORE_FORCE | IN_FORCE | ENDED,
	.seen = SEEN_BY_ALL,
	.seen_by_person = true,
	.counts = true,
};

const struct move_row row_lapse = {
	.move = MOVE_LAPSE,
	.help = "What could only be done in time has expired, and its effect "
		"follows.",
	.sides = T,
	.stages = BEFORE_FORCE | ENDED,
	.seen = SEEN_BY_THREAD,
	.seen_by_person = true,
	.counts = true,
	LEADS({SIGNING, STAGE_NEGOTIATING, "when an acceptance lapses"},
	      {NEGOTIATING, STAGE_INVITING, "when the last offer to choose from expires"},
	      {MEDIATING, STAGE_NEGOTIATING, "when a mediation's time is over"},
	      {NEGOTIATING, STAGE_ENDED, "when the round ends"}),
};

const struct move_row row_open_offers = {
	.move = MOVE_OPEN_OFFERS,
	.help = "At the closing instant of a mini-competition each offer is opened; whoever made "
		"none has shown no interest.",
	.sides = T,
	.stages = INVITING | NEGOTIATING,
	.seen = SEEN_BY_THREAD,
	.counts = true,
	LEADS({INVITING, STAGE_NEGOTIATING, "when an offer was received"}),
};

const struct move_row row_change_due = {
	.move = MOVE_CHANGE_DUE,
	.help = "A newer calendar moves dates that it changes; old and new are recorded.",
	.sides = T,
	.stages = BEFORE_FORCE | IN_FORCE | ENDED,
	.seen = SEEN_BY_ALL,
	.seen_by_person = true,
	.counts = true,
};

const struct move_row row_change_timescale = {
	.move = MOVE_CHANGE_TIMESCALE,
	.help = "One side asks for more time for an action due, with a reason.",
	.sides = C | P,
	.commissioner_roles = OFFICER,
	.provider_roles = NEGOTIATOR,
	.stages = INVITING | NEGOTIATING | MEDIATING | SIGNING | IN_FORCE,
	.rules = RULES(&rule_thread_open, &rule_can_be_extended),
	.derive = derive_extension,
	.seen = SEEN_BY_THREAD,
	.counts = true,
};

const struct move_row row_consent_to_timescale = {
	.move = MOVE_CONSENT_TO_TIMESCALE,
	.help = "The other side agrees: the date is counted again from the same beginning with "
		"the units added.",
	.sides = C | P,
	.commissioner_roles = OFFICER,
	.provider_roles = NEGOTIATOR,
	.stages = INVITING | NEGOTIATING | MEDIATING | SIGNING | IN_FORCE,
	.rules = RULES(&rule_thread_open, &rule_extension_asked, &rule_others_extension,
		       &rule_extension_fits),
	.effect = extend_due,
	.seen = SEEN_BY_THREAD,
	.counts = true,
};

const struct move_row row_refuse_timescale = {
	.move = MOVE_REFUSE_TIMESCALE,
	.help = "The other side would not agree: the date stays, and more time may be asked for "
		"again. What has no answer when the action is over, or late, ends with it.",
	.sides = C | P,
	.commissioner_roles = OFFICER,
	.provider_roles = NEGOTIATOR,
	.stages = INVITING | NEGOTIATING | MEDIATING | SIGNING | IN_FORCE,
	.rules = RULES(&rule_thread_open, &rule_extension_asked, &rule_others_extension),
	.seen = SEEN_BY_THREAD,
	.counts = true,
};

const struct move_row row_remove_extension = {
	.move = MOVE_REMOVE_EXTENSION,
	.help = "An extension is taken back once both sides have asked for it.",
	.sides = C | P,
	.commissioner_roles = OFFICER,
	.provider_roles = NEGOTIATOR,
	.stages = INVITING | NEGOTIATING | MEDIATING | SIGNING | IN_FORCE,
	.rules = RULES(&rule_thread_open, &rule_extension_stands, &rule_removal_in_time),
	.derive = derive_extension_removal,
	.effect = shorten_due,
	.seen = SEEN_BY_THREAD,
	.counts = true,
};
