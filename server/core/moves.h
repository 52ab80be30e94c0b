/*
 * moves.h - how a row of the protocol is written; for the files that hold rows and no other.
 *
 * The names are short, as fields.h's are. A row stands once, as row_<move>, in the chapter it
 * belongs to; moves.c is their index.
 */
#ifndef CONCORDAT_CORE_MOVES_H
#define CONCORDAT_CORE_MOVES_H

#include "concordat/core/situation.h"

#define C BIT(SIDE_COMMISSIONER)
#define P BIT(SIDE_PROVIDER)
#define M BIT(SIDE_MEDIATOR)
#define R BIT(SIDE_REPRESENTATIVE)
#define CO BIT(SIDE_CO_PAYER)
#define T BIT(SIDE_TIME)

#define OFFICER BIT(ROLE_CASE_OFFICER)
#define PANEL BIT(ROLE_PANEL_MEMBER)
#define SIGNATORY BIT(ROLE_SIGNATORY)
#define DATA_PROTECTION BIT(ROLE_DATA_PROTECTION)
#define NEGOTIATOR BIT(ROLE_NEGOTIATOR)
#define MEDIATOR BIT(ROLE_MEDIATOR)
#define MANAGER BIT(ROLE_MANAGER)
#define REPRESENTATIVE BIT(ROLE_REPRESENTATIVE)

#define PREPARING BIT(STAGE_PREPARING)
#define WITH_PANEL BIT(STAGE_WITH_PANEL)
#define INVITING BIT(STAGE_INVITING)
#define NEGOTIATING BIT(STAGE_NEGOTIATING)
#define MEDIATING BIT(STAGE_MEDIATING)
#define SIGNING BIT(STAGE_SIGNING)
#define IN_FORCE BIT(STAGE_IN_FORCE)
#define ENDED BIT(STAGE_ENDED)
#define BEFORE_FORCE (PREPARING | WITH_PANEL | INVITING | NEGOTIATING | MEDIATING | SIGNING)
#define ANY_STAGE (BEFORE_FORCE | IN_FORCE)
#define EVER (ANY_STAGE | ENDED)

#define DUTY(name) BIT(DUTY_##name)

#define RULES(...)                         \
	(const struct named_rule *const[]) \
	{                                  \
		__VA_ARGS__, NULL          \
	}
#define LEADS(...)                                   \
	.leads = (const struct lead[]){__VA_ARGS__}, \
	.lead_count = sizeof((const struct lead[]){__VA_ARGS__}) / sizeof(struct lead)
#define STARTS(...)                                    \
	.starts = (const struct start[]){__VA_ARGS__}, \
	.start_count = sizeof((const struct start[]){__VA_ARGS__}) / sizeof(struct start)

extern const struct move_row row_agree_interim_terms, row_change_funding, row_sign_top_up,
	row_record_absence, row_end_absence;
extern const struct move_row row_record_existing_agreement, row_confirm_existing_agreement;
extern const struct move_row row_open_placement, row_describe_needs, row_record_involvement,
	row_calculate, row_refer_to_panel, row_panel_decide, row_invite, row_acknowledge,
	row_decline, row_ask, row_answer, row_make_offer, row_withdraw_offer, row_accept,
	row_reject, row_sign, row_confirm_start, row_hold_review, row_give_feedback,
	row_request_review, row_decline_review, row_request_recalculation, row_propose_variation,
	row_apply_uplift, row_challenge_uplift, row_propose_extension, row_withdraw,
	row_give_notice, row_file_exit_plan, row_file_handover_plan, row_end, row_record_death,
	row_transfer, row_novate, row_consent_to_novation, row_drop_novation, row_raise_complaint,
	row_acknowledge_complaint, row_answer_complaint, row_escalate, row_reopen_invitation,
	row_choose_provider, row_share_identity, row_provider_assessment, row_propose_mediation,
	row_consent_to_mediation, row_refuse_mediation, row_nominate_mediator, row_agree_mediator,
	row_appoint_by_body, row_propose_settlement, row_accept_settlement, row_leave_mediation,
	row_conclude_mediation, row_change_timescale, row_consent_to_timescale,
	row_refuse_timescale, row_remove_extension, row_send_message, row_write_note, row_attach,
	row_dispute_entry, row_correct, row_mark_entered_in_error, row_redact,
	row_propose_correction, row_invite_representative, row_release_representative, row_miss,
	row_lapse, row_open_offers, row_change_due, row_record_service, row_acknowledge_delivery,
	row_not_served, row_served, row_apply_quality, row_apply_flag, row_confirm_check;

#endif
