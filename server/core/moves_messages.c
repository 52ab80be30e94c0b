/*
 * moves_messages.c - rows of the protocol: messages, notes, documents, and disputed entries.
 *
 * None of them changes terms, stage or clocks, so none moves anybody's version.
 */
#include "moves.h"

#define ANY_STAGE (BEFORE_FORCE | IN_FORCE)

const struct move_row row_send_message = {
	.move = MOVE_SEND_MESSAGE,
	.help = "A message to the other side of a strand.",
	.sides = C | P | M,
	.commissioner_roles = OFFICER,
	.provider_roles = NEGOTIATOR,
	.mediator_roles = MEDIATOR,
	.stages = INVITING | NEGOTIATING | MEDIATING | SIGNING | IN_FORCE | ENDED,
	.recorded_for = C | P,
	.rules = RULES(&rule_thread_open),
	.seen = SEEN_BY_THREAD,
	.counts = false,
};

const struct move_row row_write_note = {
	.move = MOVE_WRITE_NOTE,
	.help = "A note for one's own side, which nobody else ever sees.",
	.sides = C | P | M,
	.commissioner_roles = OFFICER | PANEL | SIGNATORY,
	.provider_roles = NEGOTIATOR | SIGNATORY,
	.mediator_roles = MEDIATOR,
	.stages = ANY_STAGE,
	.derive = derive_note,
	.seen = SEEN_BY_OWN_SIDE,
	.counts = false,
};

const struct move_row row_attach = {
	.move = MOVE_ATTACH,
	.help = "A document, by its digest, size and type; both sides of the strand see it.",
	.sides = C | P,
	.commissioner_roles = OFFICER,
	.provider_roles = NEGOTIATOR,
	.stages = INVITING | NEGOTIATING | MEDIATING | SIGNING | IN_FORCE | ENDED,
	.rules = RULES(&rule_thread_open),
	.derive = derive_document,
	.seen = SEEN_BY_THREAD,
	.counts = false,
};

const struct move_row row_dispute_entry = {
	.move = MOVE_DISPUTE_ENTRY,
	.help = "A statement beside an entry; the entry stays, marked disputed.",
	.sides = C | P,
	.commissioner_roles = OFFICER,
	.provider_roles = NEGOTIATOR,
	.stages = INVITING | NEGOTIATING | MEDIATING | SIGNING | IN_FORCE | ENDED,
	.rules = RULES(&rule_entry_known),
	.derive = derive_dispute,
	.effect = release_right_to_dispute,
	.seen = SEEN_BY_THREAD,
	.counts = true,
};
