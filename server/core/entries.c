/*
 * entries.c - the field tables of moves, facts and terms.
 *
 * One row a member. The tables are the contract of the API and of the stored
 * ledger at once: a row may be added with care, never renamed or taken away.
 */
#include "entries_parts.h"

#include "concordat/core/fields.h"

static const struct field open_placement_fields[] = {
	PERSONAL_F(open_placement, person_name, REQ | IDN, 200, "the person's name"),
	PERSONAL_F(open_placement, person_initials, REQ, 8,
		   "the person's initials, shown to both sides"),
	PERSONAL_F(open_placement, date_of_birth, IDN, 10, "the person's date of birth"),
	TEXT_F(open_placement, case_reference, COM, 60, "the authority's own reference"),
	TEXT_F(open_placement, team, COM, 60, "the authority's team that looks after it"),
	ENUM_F(open_placement, care_setting, REQ, care_setting_names, "the kind of care"),
	ENUM_F(open_placement, urgency, REQ, urgency_names, "how soon; sets the timescales"),
	DAY_F(open_placement, wanted_start_day, "wanted_start", REQ, "the day care is wanted from"),
	DAY_F(open_placement, planned_end_day, "planned_end", 0,
	      "the last day, for a stay planned to end"),
	LIST_F(open_placement, funding, REQ | SID, 1, 8, &funding_part_schema, "who pays what"),
	TEXT_F(open_placement, reference, DER, 30, "the placement's reference"),
	ID_F(open_placement, person, DER | COM, "the person, kept apart"),
	TEXT_F(open_placement, external_reference, DER | COM, 60,
	       "its own reference in the file that brought it in"),
};
static TABLE(open_placement, struct open_placement, "A commissioner opens a placement");

static const struct field need_fields[] = {
	TEXT_F(need, area, REQ, 60, "the area of care, such as nights or personal care"),
	PERSONAL_F(need, task, REQ, 2000, "what is to be done"),
	INT_F(need, times_a_week, 0, 1, 1000, "how often a week"),
	INT_F(need, minutes, 0, 1, 10080, "minutes each time"),
	INT_F(need, staff, 0, 1, 10, "how many staff at once"),
};
TABLE(need, struct need, "One need");

static const struct field outcome_fields[] = {
	TEXT_F(outcome, key, REQ, 40, "a short key that offers and reviews refer to"),
	PERSONAL_F(outcome, what, REQ, 2000, "what the person wants to achieve"),
	ENUM_F(outcome, owner, 0, side_names, "which side works towards it"),
	PERSONAL_F(outcome, measure, 0, 1000, "how anyone can tell"),
	PERSONAL_F(outcome, target, 0, 1000, "how much, by when"),
};
TABLE(outcome, struct outcome, "One outcome");

static const struct field describe_needs_fields[] = {
	TEXT_F(describe_needs, assessment_reference, 0, 60, "the assessment this rests on"),
	LIST_F(describe_needs, needs, REQ, 1, 100, &need_schema, "needs by area"),
	LIST_F(describe_needs, outcomes, REQ, 1, 50, &outcome_schema, "outcomes beside the price"),
};
static TABLE(describe_needs, struct describe_needs, "A commissioner describes needs and outcomes");

static const struct field record_involvement_fields[] = {
	ENUM_F(record_involvement, purpose, REQ, involvement_purpose_names, "at which step"),
	ENUM_F(record_involvement, took_part, REQ, took_part_names, "how far the person took part"),
	PERSONAL_F(record_involvement, how, 0, 4000, "how the person took part"),
	PERSONAL_F(record_involvement, supported_by, 0, 400, "who supported them"),
	PERSONAL_F(record_involvement, words, 0, 4000, "what they said, in their words"),
	PERSONAL_F(record_involvement, reason, 0, 4000,
		   "why they did not take part, where they did not"),
	TEXT_F(record_involvement, capacity_record, 0, 60,
	       "reference of the record of capacity for this decision"),
	PERSONAL_F(record_involvement, advocate, 0, 400, "the advocate or deputy"),
};
static TABLE(record_involvement, struct record_involvement,
	     "How the person was involved at one step");

static const struct field section_author_fields[] = {
	TEXT_F(section_author, section, REQ, 60, "the section of the calculation"),
	ENUM_F(section_author, side, REQ, side_names, "which side completed it"),
};
static TABLE(section_author, struct section_author, "Who completed a section");

static const struct field line_range_fields[] = {
	TEXT_F(line_range, key, DER, 40, "the line's key in the model"),
	TEXT_F(line_range, label, DER, 200, "the line's label"),
	RATE_F(line_range, low_r, "low", DER, "low"),
	RATE_F(line_range, mid_r, "mid", DER, "mid"),
	RATE_F(line_range, high_r, "high", DER, "high"),
};
static TABLE(line_range, struct line_range, "One line of a guide price, for one unit");

static const struct field calculate_fields[] = {
	TEXT_F(calculate, model, REQ, 60, "the cost model"),
	TEXT_F(calculate, version, REQ, 30, "its version"),
	MAP_F(calculate, inputs, REQ, 100,
	      "the model's inputs by key; those left out take their default"),
	LIST_F(calculate, completed_by, 0, 0, 20, &section_author_schema,
	       "who completed which section"),
	TEXT_F(calculate, unit, DER, 10, "what the price is for: hour or week"),
	MONEY_F(calculate, low_p, "low", DER, "low for one unit"),
	MONEY_F(calculate, mid_p, "mid", DER, "mid for one unit"),
	MONEY_F(calculate, high_p, "high", DER, "high for one unit"),
	MONEY_F(calculate, weekly_low_p, "weekly_low", DER, "low a week"),
	MONEY_F(calculate, weekly_mid_p, "weekly_mid", DER, "mid a week"),
	MONEY_F(calculate, weekly_high_p, "weekly_high", DER, "high a week"),
	BOOL_F(calculate, illustrative, DER, "true when the model's figures are illustrative"),
	LIST_F(calculate, lines, DER, 0, 200, &line_range_schema, "the range line by line"),
};
static TABLE(calculate, struct calculate, "A guide price: a starting point and not a conclusion");

static const struct field refer_to_panel_fields[] = {
	PERSONAL_F(refer_to_panel, note, COM, 4000, "what the panel should know"),
	DAY_F(refer_to_panel, sitting_day, "sitting", DER, "the panel's next sitting"),
};
static TABLE(refer_to_panel, struct refer_to_panel, "The commissioner's panel is asked to decide");

static const struct field panel_decide_fields[] = {
	ENUM_F(panel_decide, outcome, REQ, panel_outcome_names, "what the panel decided"),
	MONEY_F(panel_decide, limit_weekly_p, "limit_weekly", COM,
		"approved limit a week, private to the commissioner"),
	PERSONAL_F(panel_decide, reasons, COM, 4000, "reasons; required unless approved"),
};
static TABLE(panel_decide, struct panel_decide, "The panel's decision");

static const struct field invite_fields[] = {
	ID_F(invite, provider, REQ, "the provider organisation"),
	ID_F(invite, home, 0, "the home, where it is known"),
	DAY_F(invite, wanted_start_day, "wanted_start", 0,
	      "the day care is wanted from, when it has changed"),
	DAY_F(invite, closes_day, "closes", 0,
	      "a mini-competition: offers stay sealed until 17:00 on this day"),
	INT_F(invite, calculation, DER, 1, SEQ_MOST,
	      "which calculation is disclosed; 1 is the first"),
	INT_F(invite, needs, DER, 1, SEQ_MOST, "which description of needs is disclosed"),
};
static TABLE(invite, struct invite, "A provider is invited to make an offer");

static const struct field acknowledge_fields[] = {
	PERSONAL_F(acknowledge, contact, 0, 200, "whom to ring, and on what number"),
};
static TABLE(acknowledge, struct acknowledge, "The provider has the invitation");

static const struct field decline_fields[] = {
	ENUM_F(decline, reason, REQ, decline_reason_names, "why"),
	PERSONAL_F(decline, detail, 0, 2000, "in words"),
};
static TABLE(decline, struct decline, "The provider declines the invitation");

static const struct field ask_fields[] = {
	PERSONAL_F(ask, question, REQ, 4000, "the question"),
	INT_F(ask, number, DER, 1, SEQ_MOST, "the question's number"),
};
static TABLE(ask, struct ask, "One side asks the other a question");

static const struct field answer_fields[] = {
	INT_F(answer, number, REQ, 1, SEQ_MOST, "the question's number"),
	PERSONAL_F(answer, answer, REQ, 4000, "the answer"),
};
static TABLE(answer, struct answer, "The answer to a question");

static const struct field confirm_start_fields[] = {
	DAY_F(confirm_start, started_day, "started", REQ | PAY, "the day care started"),
	PERSONAL_F(confirm_start, note, SID, 2000, "anything to add"),
};
static TABLE(confirm_start, struct confirm_start, "Care has started");

static const struct field withdraw_fields[] = {
	ENUM_F(withdraw, reason, REQ, withdraw_reason_names, "why"),
	PERSONAL_F(withdraw, detail, SID, 2000, "in words"),
};
static TABLE(withdraw, struct withdraw, "The commissioner withdraws the placement");

static const struct field share_identity_fields[] = {
	PERSONAL_F(share_identity, note, 0, 2000, "anything the provider should know"),
};
static TABLE(share_identity, struct share_identity, "The provider is told who the person is");

static const struct field provider_assessment_fields[] = {
	ENUM_F(provider_assessment, outcome, REQ, assessment_outcome_names, "can needs be met"),
	PERSONAL_F(provider_assessment, detail, 0, 4000, "what would have to change, or why not"),
};
static TABLE(provider_assessment, struct provider_assessment,
	     "The provider has met the person and says whether it can meet the needs");

static const struct field send_message_fields[] = {
	BOOL_F(send_message, to_representative, 0,
	       "to the person's representative: the commissioner's to nobody else, a provider's to "
	       "the "
	       "commissioner too"),
	BOOL_F(send_message, to_provider, 0,
	       "the representative's, to the provider and the commissioner; to the commissioner "
	       "alone, left out"),
	ID_F(send_message, representative, DER | COM, "whose it is, of the person's side"),
	ID_F(send_message, co_payer, PAY, "the commissioner's, to this co-payer and nobody else"),
	PERSONAL_F(send_message, message, REQ | PAY, 4000, "to the other side"),
};
static TABLE(send_message, struct send_message, "A message to the other side");

static const struct field write_note_fields[] = {
	PERSONAL_F(write_note, note, REQ, 4000, "for one's own side alone"),
	ENUM_F(write_note, side, DER, side_names, "whose it is"),
};
static TABLE(write_note, struct write_note, "A note that the other side never sees");

static const struct field attach_fields[] = {
	BOOL_F(attach, to_representative, 0,
	       "for the person's representative: the commissioner's for nobody else, a provider's "
	       "for "
	       "the commissioner too"),
	BOOL_F(attach, to_provider, 0,
	       "the representative's, for the provider and the commissioner; for the commissioner "
	       "alone, left out"),
	ID_F(attach, representative, DER | COM, "whose it is, of the person's side"),
	ID_F(attach, co_payer, PAY, "the commissioner's, for this co-payer and nobody else"),
	ID_F(attach, document, REQ | PAY, "the document, once it is uploaded"),
	DIGEST_F(attach, sha256, DER | PAY, "digest of its bytes"),
	INT_F(attach, bytes, DER | PAY, 1, 100000000, "how large it is"),
	TEXT_F(attach, media_type, DER | PAY, 100, "what it is"),
	PERSONAL_F(attach, title, REQ | PAY, 200, "what to call it"),
};
static TABLE(attach, struct attach, "A document is attached");

static const struct field dispute_entry_fields[] = {
	INT_F(dispute_entry, entry, REQ | PAY, 1, SEQ_MOST, "the entry, by one's own number"),
	PERSONAL_F(dispute_entry, statement, REQ | PAY, 4000, "what is not so"),
};
static TABLE(dispute_entry, struct dispute_entry, "A statement beside an entry");

static const struct field invite_representative_fields[] = {
	ID_F(invite_representative, representative, REQ, "the representative, as an organisation"),
	PERSONAL_F(invite_representative, relation, REQ, 200,
		   "who they are to the person, such as a daughter or an advocate"),
};
static TABLE(invite_representative, struct invite_representative,
	     "Somebody is invited to represent the person");

static const struct field release_representative_fields[] = {
	ID_F(release_representative, representative, DER, "whose access ends"),
	PERSONAL_F(release_representative, reason, COM, 2000, "why"),
};
static TABLE(release_representative, struct release_representative,
	     "The person's representative is one no longer");

static const struct schema *const move_schemas[MOVE_COUNT] = {
	[MOVE_OPEN_PLACEMENT] = &open_placement_schema,
	[MOVE_DESCRIBE_NEEDS] = &describe_needs_schema,
	[MOVE_RECORD_INVOLVEMENT] = &record_involvement_schema,
	[MOVE_CALCULATE] = &calculate_schema,
	[MOVE_REFER_TO_PANEL] = &refer_to_panel_schema,
	[MOVE_PANEL_DECIDE] = &panel_decide_schema,
	[MOVE_INVITE] = &invite_schema,
	[MOVE_ACKNOWLEDGE] = &acknowledge_schema,
	[MOVE_DECLINE] = &decline_schema,
	[MOVE_ASK] = &ask_schema,
	[MOVE_ANSWER] = &answer_schema,
	[MOVE_MAKE_OFFER] = &make_offer_schema,
	[MOVE_WITHDRAW_OFFER] = &withdraw_offer_schema,
	[MOVE_ACCEPT] = &accept_schema,
	[MOVE_REJECT] = &reject_schema,
	[MOVE_SIGN] = &sign_schema,
	[MOVE_CONFIRM_START] = &confirm_start_schema,
	[MOVE_AGREE_INTERIM_TERMS] = &agree_interim_terms_schema,
	[MOVE_CHANGE_FUNDING] = &change_funding_schema,
	[MOVE_SIGN_TOP_UP] = &sign_top_up_schema,
	[MOVE_RECORD_ABSENCE] = &record_absence_schema,
	[MOVE_END_ABSENCE] = &end_absence_schema,
	[MOVE_RECORD_EXISTING_AGREEMENT] = &record_existing_agreement_schema,
	[MOVE_CONFIRM_EXISTING_AGREEMENT] = &confirm_existing_agreement_schema,
	[MOVE_HOLD_REVIEW] = &hold_review_schema,
	[MOVE_GIVE_FEEDBACK] = &give_feedback_schema,
	[MOVE_REQUEST_REVIEW] = &request_review_schema,
	[MOVE_DECLINE_REVIEW] = &decline_review_schema,
	[MOVE_REQUEST_RECALCULATION] = &request_recalculation_schema,
	[MOVE_PROPOSE_VARIATION] = &make_offer_schema,
	[MOVE_APPLY_UPLIFT] = &apply_uplift_schema,
	[MOVE_CHALLENGE_UPLIFT] = &challenge_uplift_schema,
	[MOVE_PROPOSE_EXTENSION] = &make_offer_schema,
	[MOVE_PROPOSE_CORRECTION] = &make_offer_schema,
	[MOVE_WITHDRAW] = &withdraw_schema,
	[MOVE_GIVE_NOTICE] = &give_notice_schema,
	[MOVE_FILE_EXIT_PLAN] = &file_plan_schema,
	[MOVE_FILE_HANDOVER_PLAN] = &file_plan_schema,
	[MOVE_END] = &end_care_schema,
	[MOVE_RECORD_DEATH] = &record_death_schema,
	[MOVE_TRANSFER] = &transfer_care_schema,
	[MOVE_NOVATE] = &novate_schema,
	[MOVE_CONSENT_TO_NOVATION] = &consent_to_novation_schema,
	[MOVE_DROP_NOVATION] = &drop_novation_schema,
	[MOVE_RAISE_COMPLAINT] = &raise_complaint_schema,
	[MOVE_ACKNOWLEDGE_COMPLAINT] = &acknowledge_complaint_schema,
	[MOVE_ANSWER_COMPLAINT] = &answer_complaint_schema,
	[MOVE_ESCALATE] = &escalate_schema,
	[MOVE_REOPEN_INVITATION] = &reopen_invitation_schema,
	[MOVE_CHOOSE_PROVIDER] = &choose_provider_schema,
	[MOVE_SHARE_IDENTITY] = &share_identity_schema,
	[MOVE_PROVIDER_ASSESSMENT] = &provider_assessment_schema,
	[MOVE_PROPOSE_MEDIATION] = &propose_mediation_schema,
	[MOVE_CONSENT_TO_MEDIATION] = &consent_to_mediation_schema,
	[MOVE_REFUSE_MEDIATION] = &refuse_mediation_schema,
	[MOVE_NOMINATE_MEDIATOR] = &nominate_mediator_schema,
	[MOVE_AGREE_MEDIATOR] = &agree_mediator_schema,
	[MOVE_APPOINT_BY_BODY] = &appoint_by_body_schema,
	[MOVE_PROPOSE_SETTLEMENT] = &propose_settlement_schema,
	[MOVE_ACCEPT_SETTLEMENT] = &accept_settlement_schema,
	[MOVE_LEAVE_MEDIATION] = &leave_mediation_schema,
	[MOVE_CONCLUDE_MEDIATION] = &conclude_mediation_schema,
	[MOVE_CHANGE_TIMESCALE] = &change_timescale_schema,
	[MOVE_CONSENT_TO_TIMESCALE] = &consent_to_timescale_schema,
	[MOVE_REFUSE_TIMESCALE] = &refuse_timescale_schema,
	[MOVE_REMOVE_EXTENSION] = &remove_extension_schema,
	[MOVE_SEND_MESSAGE] = &send_message_schema,
	[MOVE_WRITE_NOTE] = &write_note_schema,
	[MOVE_ATTACH] = &attach_schema,
	[MOVE_DISPUTE_ENTRY] = &dispute_entry_schema,
	[MOVE_CORRECT] = &correct_schema,
	[MOVE_MARK_ENTERED_IN_ERROR] = &mark_entered_in_error_schema,
	[MOVE_REDACT] = &redact_schema,
	[MOVE_RECORD_SERVICE] = &record_service_schema,
	[MOVE_ACKNOWLEDGE_DELIVERY] = &acknowledge_delivery_schema,
	[MOVE_INVITE_REPRESENTATIVE] = &invite_representative_schema,
	[MOVE_RELEASE_REPRESENTATIVE] = &release_representative_schema,
	[MOVE_MISS] = &not_done_schema,
	[MOVE_LAPSE] = &not_done_schema,
	[MOVE_OPEN_OFFERS] = &open_offers_schema,
	[MOVE_CHANGE_DUE] = &change_due_schema,
	[MOVE_NOT_SERVED] = &not_served_schema,
	[MOVE_SERVED] = &served_schema,
	[MOVE_APPLY_QUALITY] = &apply_quality_schema,
	[MOVE_APPLY_FLAG] = &apply_flag_schema,
	[MOVE_CONFIRM_CHECK] = &confirm_check_schema,
};

const struct schema *move_schema(enum move move)
{
	return move_schemas[move];
}
