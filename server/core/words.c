/*
 * words.c - the name tables of the protocol's enumerations.
 *
 * Each comes from the list in words.h that also makes the enum, so that the two cannot differ.
 */
#include "concordat/core/words.h"

#include <stddef.h>

const char *const stage_names[] = {STAGES(WORDS_NAME) NULL};
const char *const end_reason_names[] = {END_REASONS(WORDS_NAME) NULL};
const char *const side_names[] = {SIDES(WORDS_NAME) NULL};
const char *const role_names[] = {ROLES(WORDS_NAME) NULL};
const char *const care_setting_names[] = {CARE_SETTINGS(WORDS_NAME) NULL};
const char *const urgency_names[] = {URGENCIES(WORDS_NAME) NULL};
const char *const round_kind_names[] = {ROUND_KINDS(WORDS_NAME) NULL};
const char *const agreement_basis_names[] = {AGREEMENT_BASES(WORDS_NAME) NULL};
const char *const offer_state_names[] = {OFFER_STATES(WORDS_NAME) NULL};
const char *const thread_state_names[] = {THREAD_STATES(WORDS_NAME) NULL};
const char *const involvement_purpose_names[] = {INVOLVEMENT_PURPOSES(WORDS_NAME) NULL};
const char *const took_part_names[] = {TOOK_PART(WORDS_NAME) NULL};
const char *const assessment_outcome_names[] = {ASSESSMENT_OUTCOMES(WORDS_NAME) NULL};
const char *const mediation_outcome_names[] = {MEDIATION_OUTCOMES(WORDS_NAME) NULL};
const char *const mediation_state_names[] = {MEDIATION_STATES(WORDS_NAME) NULL};
const char *const line_change_kind_names[] = {LINE_CHANGES(WORDS_NAME) NULL};
const char *const extension_state_names[] = {EXTENSION_STATES(WORDS_NAME) NULL};
const char *const service_means_names[] = {SERVICE_MEANS(WORDS_NAME) NULL};
const char *const channel_names[] = {CHANNELS(WORDS_NAME) NULL};
const char *const void_kind_names[] = {VOID_KINDS(WORDS_NAME) NULL};
const char *const panel_outcome_names[] = {PANEL_OUTCOMES(WORDS_NAME) NULL};
const char *const decline_reason_names[] = {DECLINE_REASONS(WORDS_NAME) NULL};
const char *const reject_reason_names[] = {REJECT_REASONS(WORDS_NAME) NULL};
const char *const withdraw_reason_names[] = {WITHDRAW_REASONS(WORDS_NAME) NULL};
const char *const notice_reason_names[] = {NOTICE_REASONS(WORDS_NAME) NULL};
const char *const care_ending_names[] = {CARE_ENDINGS(WORDS_NAME) NULL};
const char *const transfer_reason_names[] = {TRANSFER_REASONS(WORDS_NAME) NULL};
const char *const complaint_subject_names[] = {COMPLAINT_SUBJECTS(WORDS_NAME) NULL};
const char *const complaint_outcome_names[] = {COMPLAINT_OUTCOMES(WORDS_NAME) NULL};
const char *const complaint_state_names[] = {COMPLAINT_STATES(WORDS_NAME) NULL};
const char *const escalation_names[] = {ESCALATIONS(WORDS_NAME) NULL};
const char *const review_kind_names[] = {REVIEW_KINDS(WORDS_NAME) NULL};
const char *const review_reason_names[] = {REVIEW_REASONS(WORDS_NAME) NULL};
const char *const flag_level_names[] = {FLAG_LEVELS(WORDS_NAME) NULL};
const char *const check_outcome_names[] = {CHECK_OUTCOMES(WORDS_NAME) NULL};
const char *const review_decision_names[] = {REVIEW_DECISIONS(WORDS_NAME) NULL};
const char *const needs_change_names[] = {NEEDS_CHANGES(WORDS_NAME) NULL};
const char *const outcome_result_names[] = {OUTCOME_RESULTS(WORDS_NAME) NULL};
const char *const error_reason_names[] = {ERROR_REASONS(WORDS_NAME) NULL};
const char *const line_unit_names[] = {LINE_UNITS(WORDS_NAME) NULL};
const char *const funder_names[] = {FUNDERS(WORDS_NAME) NULL};
const char *const interim_basis_names[] = {INTERIM_BASES(WORDS_NAME) NULL};
const char *const absence_kind_names[] = {ABSENCE_KINDS(WORDS_NAME) NULL};
const char *const day_count_names[] = {DAY_COUNTS(WORDS_NAME) NULL};
const char *const cost_index_names[] = {COST_INDEXES(WORDS_NAME) NULL};
const char *const uplift_basis_names[] = {UPLIFT_BASES(WORDS_NAME) NULL};
const char *const uplift_rounding_names[] = {UPLIFT_ROUNDINGS(WORDS_NAME) NULL};
const char *const uplift_rule_names[] = {UPLIFT_RULES(WORDS_NAME) NULL};
const char *const obligation_state_names[] = {OBLIGATION_STATES(WORDS_NAME) NULL};
const char *const duty_names[] = {DUTIES(WORDS_NAME) NULL};
const char *const move_names[] = {MOVES(WORDS_NAME) NULL};
const char *const fact_names[] = {FACTS(WORDS_NAME) NULL};
