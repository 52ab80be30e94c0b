/* entries_parts.h - what the tables of entries share: one move's table stands in one of them. */
#ifndef CONCORDAT_CORE_ENTRIES_PARTS_H
#define CONCORDAT_CORE_ENTRIES_PARTS_H

#include "concordat/core/entries.h"

#define SEQ_MOST 1000000

extern const struct schema accept_schema, accept_settlement_schema, acknowledge_delivery_schema,
	agree_mediator_schema, appoint_by_body_schema, change_due_schema, change_timescale_schema,
	choose_provider_schema, conclude_mediation_schema, consent_to_mediation_schema,
	consent_to_timescale_schema, leave_mediation_schema, make_offer_schema, not_served_schema,
	nominate_mediator_schema, not_done_schema, open_offers_schema, propose_mediation_schema,
	propose_settlement_schema, record_service_schema, served_schema, refuse_mediation_schema,
	refuse_timescale_schema, reject_schema, remove_extension_schema, reopen_invitation_schema,
	sign_schema, withdraw_offer_schema;

#endif
