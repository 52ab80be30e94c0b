/*
 * moves_served.c - rows of the protocol: notices that reach nobody, and how they are served.
 */
#include "moves.h"

const struct move_row row_record_service = {
	.move = MOVE_RECORD_SERVICE,
	.help = "One side has told another by telephone, letter or by hand of an action whose "
		"notice was not served, with what shows it: the clock starts then.",
	.sides = C | P,
	.commissioner_roles = OFFICER,
	.provider_roles = NEGOTIATOR,
	.stages = ANY_STAGE,
	.rules = RULES(&rule_waits_for_service, &rule_service_shown, &rule_service_instant),
	.derive = derive_service,
	.effect = serve_by_hand,
	.seen = SEEN_BY_THREAD,
	.counts = true,
};

const struct move_row row_acknowledge_delivery = {
	.move = MOVE_ACKNOWLEDGE_DELIVERY,
	.help = "The recipient of an entry says that it is read and understood.",
	.sides = C | P | M,
	.commissioner_roles = OFFICER,
	.provider_roles = NEGOTIATOR,
	.mediator_roles = MEDIATOR,
	.stages = ANY_STAGE,
	.rules = RULES(&rule_entry_received),
	.derive = derive_received,
	.seen = SEEN_BY_THREAD,
	.counts = false,
};

const struct move_row row_not_served = {
	.move = MOVE_NOT_SERVED,
	.help = "The notice of what one side owes failed on every outside channel: its clock has "
		"not run, and a miss or lapse recorded meanwhile is void. What has come to its end "
		"since, or was built on, stays.",
	.sides = T,
	.stages = ANY_STAGE,
	.seen = SEEN_BY_THREAD,
	.counts = true,
};

const struct move_row row_served = {
	.move = MOVE_SERVED,
	.help = "A channel has reached that side after all, or it has opened the placement: its "
		"clock starts now.",
	.sides = T,
	.stages = ANY_STAGE,
	.seen = SEEN_BY_THREAD,
	.counts = true,
};
