/* entries_parts.h - what the tables of entries share: one move's table stands in one of them. */
#ifndef CONCORDAT_CORE_ENTRIES_PARTS_H
#define CONCORDAT_CORE_ENTRIES_PARTS_H

#include "concordat/core/entries.h"

#define SEQ_MOST 1000000

extern const struct schema accept_schema, accept_settlement_schema, acknowledge_delivery_schema,
	agree_interim_terms_schema, agree_mediator_schema, apply_flag_schema, apply_quality_schema,
	confirm_check_schema, apply_uplift_schema, appoint_by_body_schema, challenge_uplift_schema,
	change_due_schema, change_funding_schema, change_timescale_schema, choose_provider_schema,
	conclude_mediation_schema, confirm_existing_agreement_schema, consent_to_mediation_schema,
	consent_to_timescale_schema, correct_schema, decline_review_schema, end_absence_schema,
	give_feedback_schema, hold_review_schema, leave_mediation_schema, make_offer_schema,
	mark_entered_in_error_schema, nominate_mediator_schema, not_done_schema, not_served_schema,
	open_offers_schema, propose_mediation_schema, propose_settlement_schema,
	record_absence_schema, record_existing_agreement_schema, record_service_schema,
	redact_schema, refuse_mediation_schema, refuse_timescale_schema, reject_schema,
	remove_extension_schema, reopen_invitation_schema, request_recalculation_schema,
	request_review_schema, served_schema, sign_top_up_schema, sign_schema,
	withdraw_offer_schema;
extern const struct schema acknowledge_complaint_schema, answer_complaint_schema,
	consent_to_novation_schema, drop_novation_schema, end_care_schema, escalate_schema,
	file_plan_schema, give_notice_schema, novate_schema, raise_complaint_schema,
	record_death_schema, transfer_care_schema;

#endif
