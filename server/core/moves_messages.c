/*
 * moves_messages.c - rows of the protocol: messages, notes, documents, disputed entries, and who
 * speaks for the person.
 *
 * None of the first three changes terms, stage or clocks, so none moves anybody's version.
 */
#include "moves.h"

const struct move_row row_send_message = {
	.move = MOVE_SEND_MESSAGE,
	.help = "A message to the other side of a strand; or between the commissioner and the "
		"person's representative, or from the commissioner to a co-payer, which nobody "
		"else sees; or between the provider and the representative, which the "
		"commissioner sees too.",
	.sides = C | P | M | R,
	.commissioner_roles = OFFICER,
	.provider_roles = NEGOTIATOR,
	.mediator_roles = MEDIATOR,
	.representative_roles = REPRESENTATIVE,
	.stages = EVER,
	.recorded_for = C | P | R,
	.rules = RULES(&rule_addressee),
	.derive = derive_message,
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
	.help = "A document, by its digest, size and type; both sides of the strand see it, or "
		"the commissioner and the person's representative, or a co-payer.",
	.sides = C | P | R,
	.commissioner_roles = OFFICER,
	.provider_roles = NEGOTIATOR,
	.representative_roles = REPRESENTATIVE,
	.stages = EVER,
	.rules = RULES(&rule_addressee),
	.derive = derive_document,
	.seen = SEEN_BY_THREAD,
	.counts = false,
};

const struct move_row row_dispute_entry = {
	.move = MOVE_DISPUTE_ENTRY,
	.help = "A statement beside an entry; the entry stays, marked disputed.",
	.sides = C | P | R | CO,
	.commissioner_roles = OFFICER,
	.provider_roles = NEGOTIATOR,
	.representative_roles = REPRESENTATIVE,
	.co_payer_roles = OFFICER | REPRESENTATIVE,
	.stages = EVER,
	.recorded_for = R,
	.rules = RULES(&rule_entry_known),
	.derive = derive_dispute,
	.effect = release_right_to_dispute,
	.seen = SEEN_BY_THREAD,
	.counts = true,
};

const struct move_row row_invite_representative = {
	.move = MOVE_INVITE_REPRESENTATIVE,
	.help = "Somebody represents the person from now on, or is the person: they see what "
		"concerns the person, and speak for them.",
	.sides = C,
	.commissioner_roles = OFFICER,
	.stages = ANY_STAGE,
	.rules = RULES(&rule_nobody_represents, &rule_represents_no_side),
	.seen = SEEN_BY_COMMISSIONER,
	.counts = true,
};

const struct move_row row_release_representative = {
	.move = MOVE_RELEASE_REPRESENTATIVE,
	.help = "The person's representative is one no longer: their access ends.",
	.sides = C,
	.commissioner_roles = OFFICER,
	.stages = ANY_STAGE,
	.rules = RULES(&rule_represented),
	.derive = derive_release,
	.effect = release_rights_of_person,
	.seen = SEEN_BY_COMMISSIONER,
	.counts = true,
};
