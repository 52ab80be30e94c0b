/*
 * moves.c - the protocol as a table: one row a move.
 *
 * A row says who may make the move, when, under which rules, what it meets, releases, pauses and
 * starts. decide.c executes it, allowed_moves asks it, the documentation prints it, the diagram
 * draws it. Which moves exist and what they mean is C; their times are data (timescale.c). The rows
 * stand by chapter in moves_*.c; here is their index, and what a lapse does.
 */
#include "moves.h"

static const struct move_row *const rows[MOVE_COUNT] = {
	[MOVE_OPEN_PLACEMENT] = &row_open_placement,
	[MOVE_DESCRIBE_NEEDS] = &row_describe_needs,
	[MOVE_RECORD_INVOLVEMENT] = &row_record_involvement,
	[MOVE_CALCULATE] = &row_calculate,
	[MOVE_REFER_TO_PANEL] = &row_refer_to_panel,
	[MOVE_PANEL_DECIDE] = &row_panel_decide,
	[MOVE_INVITE] = &row_invite,
	[MOVE_ACKNOWLEDGE] = &row_acknowledge,
	[MOVE_DECLINE] = &row_decline,
	[MOVE_ASK] = &row_ask,
	[MOVE_ANSWER] = &row_answer,
	[MOVE_MAKE_OFFER] = &row_make_offer,
	[MOVE_WITHDRAW_OFFER] = &row_withdraw_offer,
	[MOVE_ACCEPT] = &row_accept,
	[MOVE_REJECT] = &row_reject,
	[MOVE_SIGN] = &row_sign,
	[MOVE_CONFIRM_START] = &row_confirm_start,
	[MOVE_AGREE_INTERIM_TERMS] = &row_agree_interim_terms,
	[MOVE_CHANGE_FUNDING] = &row_change_funding,
	[MOVE_SIGN_TOP_UP] = &row_sign_top_up,
	[MOVE_RECORD_ABSENCE] = &row_record_absence,
	[MOVE_END_ABSENCE] = &row_end_absence,
	[MOVE_RECORD_EXISTING_AGREEMENT] = &row_record_existing_agreement,
	[MOVE_CONFIRM_EXISTING_AGREEMENT] = &row_confirm_existing_agreement,
	[MOVE_HOLD_REVIEW] = &row_hold_review,
	[MOVE_GIVE_FEEDBACK] = &row_give_feedback,
	[MOVE_REQUEST_REVIEW] = &row_request_review,
	[MOVE_DECLINE_REVIEW] = &row_decline_review,
	[MOVE_REQUEST_RECALCULATION] = &row_request_recalculation,
	[MOVE_PROPOSE_VARIATION] = &row_propose_variation,
	[MOVE_APPLY_UPLIFT] = &row_apply_uplift,
	[MOVE_CHALLENGE_UPLIFT] = &row_challenge_uplift,
	[MOVE_PROPOSE_EXTENSION] = &row_propose_extension,
	[MOVE_PROPOSE_CORRECTION] = &row_propose_correction,
	[MOVE_WITHDRAW] = &row_withdraw,
	[MOVE_GIVE_NOTICE] = &row_give_notice,
	[MOVE_FILE_EXIT_PLAN] = &row_file_exit_plan,
	[MOVE_FILE_HANDOVER_PLAN] = &row_file_handover_plan,
	[MOVE_END] = &row_end,
	[MOVE_RECORD_DEATH] = &row_record_death,
	[MOVE_TRANSFER] = &row_transfer,
	[MOVE_NOVATE] = &row_novate,
	[MOVE_CONSENT_TO_NOVATION] = &row_consent_to_novation,
	[MOVE_DROP_NOVATION] = &row_drop_novation,
	[MOVE_RAISE_COMPLAINT] = &row_raise_complaint,
	[MOVE_ACKNOWLEDGE_COMPLAINT] = &row_acknowledge_complaint,
	[MOVE_ANSWER_COMPLAINT] = &row_answer_complaint,
	[MOVE_ESCALATE] = &row_escalate,
	[MOVE_REOPEN_INVITATION] = &row_reopen_invitation,
	[MOVE_CHOOSE_PROVIDER] = &row_choose_provider,
	[MOVE_SHARE_IDENTITY] = &row_share_identity,
	[MOVE_PROVIDER_ASSESSMENT] = &row_provider_assessment,
	[MOVE_PROPOSE_MEDIATION] = &row_propose_mediation,
	[MOVE_CONSENT_TO_MEDIATION] = &row_consent_to_mediation,
	[MOVE_REFUSE_MEDIATION] = &row_refuse_mediation,
	[MOVE_NOMINATE_MEDIATOR] = &row_nominate_mediator,
	[MOVE_AGREE_MEDIATOR] = &row_agree_mediator,
	[MOVE_APPOINT_BY_BODY] = &row_appoint_by_body,
	[MOVE_PROPOSE_SETTLEMENT] = &row_propose_settlement,
	[MOVE_ACCEPT_SETTLEMENT] = &row_accept_settlement,
	[MOVE_LEAVE_MEDIATION] = &row_leave_mediation,
	[MOVE_CONCLUDE_MEDIATION] = &row_conclude_mediation,
	[MOVE_CHANGE_TIMESCALE] = &row_change_timescale,
	[MOVE_CONSENT_TO_TIMESCALE] = &row_consent_to_timescale,
	[MOVE_REFUSE_TIMESCALE] = &row_refuse_timescale,
	[MOVE_REMOVE_EXTENSION] = &row_remove_extension,
	[MOVE_SEND_MESSAGE] = &row_send_message,
	[MOVE_WRITE_NOTE] = &row_write_note,
	[MOVE_ATTACH] = &row_attach,
	[MOVE_DISPUTE_ENTRY] = &row_dispute_entry,
	[MOVE_CORRECT] = &row_correct,
	[MOVE_MARK_ENTERED_IN_ERROR] = &row_mark_entered_in_error,
	[MOVE_REDACT] = &row_redact,
	[MOVE_RECORD_SERVICE] = &row_record_service,
	[MOVE_ACKNOWLEDGE_DELIVERY] = &row_acknowledge_delivery,
	[MOVE_INVITE_REPRESENTATIVE] = &row_invite_representative,
	[MOVE_RELEASE_REPRESENTATIVE] = &row_release_representative,
	[MOVE_MISS] = &row_miss,
	[MOVE_LAPSE] = &row_lapse,
	[MOVE_OPEN_OFFERS] = &row_open_offers,
	[MOVE_CHANGE_DUE] = &row_change_due,
	[MOVE_NOT_SERVED] = &row_not_served,
	[MOVE_SERVED] = &row_served,
	[MOVE_APPLY_QUALITY] = &row_apply_quality,
	[MOVE_APPLY_FLAG] = &row_apply_flag,
	[MOVE_CONFIRM_CHECK] = &row_confirm_check,
};
const struct move_row *protocol_move(enum move move)
{
	return rows[move];
}

unsigned move_roles(const struct move_row *row, enum side side)
{
	switch (side) {
	case SIDE_COMMISSIONER:
		return row->commissioner_roles;
	case SIDE_PROVIDER:
		return row->provider_roles;
	case SIDE_MEDIATOR:
		return row->mediator_roles;
	case SIDE_REPRESENTATIVE:
		return row->representative_roles;
	case SIDE_CO_PAYER:
		return row->co_payer_roles;
	case SIDE_AUDITOR:
	case SIDE_TIME:
	case SIDE_EITHER:
	case SIDE_COUNT:
		break;
	}
	return 0;
}

/* ---- what a lapse does ---- */

static const struct start offer_again[] = {
	{DUTY_OFFER_AGAIN, OWED_BY_MOVER, is_negotiated, "in the strand negotiated in"},
	{DUTY_ROUND_STANDS, OWED_BY_NOBODY, is_negotiated, "in the strand negotiated in"}};
static const struct start opened_offer[] = {
	{DUTY_RESPOND, OWED_BY_COMMISSIONER, has_open_offer, NULL},
	{DUTY_OFFER_STANDS, OWED_BY_NOBODY, has_open_offer, NULL}};
static const struct start round_stands[] = {{DUTY_ROUND_STANDS, OWED_BY_NOBODY, NULL, NULL}};

static const struct lapse_row lapses[] = {
	{DUTY_MAKE_OFFER, 0, 0, true, false, NULL, 0, "that invitation"},
	/* else who asked and hears nothing would keep an invitation open for ever */
	{DUTY_WAIT_FOR_ANSWER, 0, OFFER_CLOCKS, false, false, NULL, 0,
	 "the wait for an answer; the asker's offer clock goes on with the ticks that remain, and "
	 "the answer is still owed"},
	{DUTY_OFFER_STANDS, DUTY(RESPOND), 0, false, false, offer_again, 2,
	 "the offer; its maker owes another, or is out of the running when none is chosen yet"},
	{DUTY_AFTER_REJECTION, 0, 0, true, true, NULL, 0,
	 "the round, and an initial one's placement, only if care has not started"},
	{DUTY_ROUND_STANDS, 0, 0, true, true, NULL, 0,
	 "the round, and an initial one's placement, only if care has not started"},
	{DUTY_OPEN_OFFERS, 0, 0, false, false, opened_offer, 2,
	 "the seal: the offer is opened, and who made none has shown no interest"},
	{DUTY_CONSENT_TO_MEDIATION, 0, 0, false, false, NULL, 0,
	 "the proposal to mediate, without penalty"},
	{DUTY_APPOINT_MEDIATOR, DUTY(AGREE_MEDIATOR), 0, false, false, NULL, 0,
	 "the mediation, for want of a mediator; clocks go on with the ticks that remain"},
	{DUTY_MEDIATE, 0, 0, false, false, NULL, 0,
	 "the mediation, not settled; clocks go on with the ticks that remain"},
	{DUTY_DISPUTE_ENTRY, 0, 0, false, false, NULL, 0, "the right to dispute the entry"},
	{DUTY_CONSENT_TO_NOVATION, 0, 0, false, false, NULL, 0,
	 "the change of provider: the present one goes on, and both sides and who was to take over "
	 "are told"},
	{DUTY_CHALLENGE_UPLIFT, 0, 0, false, false, NULL, 0,
	 "the right to challenge the uplift, without penalty"},
	{DUTY_ACCEPTANCE_STANDS, DUTY(SIGN), 0, false, false, round_stands, 1,
	 "the acceptance, only if care has not started; either side may offer"},
};

const struct lapse_row *protocol_lapse(enum duty duty)
{
	for (size_t i = 0; i < sizeof(lapses) / sizeof(lapses[0]); i++)
		if (lapses[i].duty == duty)
			return &lapses[i];
	return NULL;
}
