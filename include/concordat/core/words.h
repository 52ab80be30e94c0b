/*
 * words.h - the enumerations of the protocol and their names in JSON, SQL and documents.
 *
 * Each list is written once; the enum and its NULL-terminated name table come from it.
 */
#ifndef CONCORDAT_CORE_WORDS_H
#define CONCORDAT_CORE_WORDS_H

#include <stdint.h>

#include "concordat/core/protocol_words.h"

#define WORDS_ENUM(id, name) id,
#define WORDS_NAME(id, name) name,

#define STAGES(X)                           \
	X(STAGE_PREPARING, "preparing")     \
	X(STAGE_WITH_PANEL, "with_panel")   \
	X(STAGE_INVITING, "inviting")       \
	X(STAGE_NEGOTIATING, "negotiating") \
	X(STAGE_MEDIATING, "mediating")     \
	X(STAGE_SIGNING, "signing")         \
	X(STAGE_IN_FORCE, "in_force")       \
	X(STAGE_ENDED, "ended")

#define END_REASONS(X)                              \
	X(END_WITHDRAWN, "withdrawn")               \
	X(END_DECLINED, "declined")                 \
	X(END_REFUSED_BY_PANEL, "refused_by_panel") \
	X(END_LAPSED, "lapsed")                     \
	X(END_TERMINATED, "terminated")             \
	X(END_COMPLETED, "completed")               \
	X(END_DIED, "died")                         \
	X(END_TRANSFERRED, "transferred")

#define SIDES(X)                                 \
	X(SIDE_COMMISSIONER, "commissioner")     \
	X(SIDE_PROVIDER, "provider")             \
	X(SIDE_MEDIATOR, "mediator")             \
	X(SIDE_REPRESENTATIVE, "representative") \
	X(SIDE_CO_PAYER, "co_payer")             \
	X(SIDE_AUDITOR, "auditor")               \
	X(SIDE_TIME, "time")                     \
	X(SIDE_EITHER, "either")

#define ROLES(X)                                 \
	X(ROLE_CASE_OFFICER, "case_officer")     \
	X(ROLE_PANEL_MEMBER, "panel_member")     \
	X(ROLE_SIGNATORY, "signatory")           \
	X(ROLE_MANAGER, "manager")               \
	X(ROLE_NEGOTIATOR, "negotiator")         \
	X(ROLE_MEDIATOR, "mediator")             \
	X(ROLE_REPRESENTATIVE, "representative") \
	X(ROLE_AUDITOR, "auditor")               \
	X(ROLE_ADMINISTRATOR, "administrator")   \
	X(ROLE_DATA_PROTECTION, "data_protection")

#define CARE_SETTINGS(X)                             \
	X(CARE_RESIDENTIAL, "residential")           \
	X(CARE_NURSING, "nursing")                   \
	X(CARE_SUPPORTED_LIVING, "supported_living") \
	X(CARE_FLOATING_SUPPORT, "floating_support") \
	X(CARE_HOME_CARE, "home_care")

#define URGENCIES(X)                      \
	X(URGENCY_ORDINARY, "ordinary")   \
	X(URGENCY_DISCHARGE, "discharge") \
	X(URGENCY_EMERGENCY, "emergency")

#define ROUND_KINDS(X)                  \
	X(ROUND_INITIAL, "initial")     \
	X(ROUND_REVIEW, "review")       \
	X(ROUND_VARIATION, "variation") \
	X(ROUND_UPLIFT, "uplift")       \
	X(ROUND_EXTENSION, "extension") \
	X(ROUND_CORRECTION, "correction")

/* How a version of the agreement came about. */
#define AGREEMENT_BASES(X)                                                              \
	X(AGREEMENT_SIGNED, "signed")                                                   \
	X(AGREEMENT_UPLIFTED, "uplifted") /* by the agreed method, without signature */ \
	X(AGREEMENT_EXISTING, "existing") /* care that already ran */                   \
	X(AGREEMENT_NOVATED, "novated")	  /* the same terms with another provider */

#define OFFER_STATES(X)                 \
	X(OFFER_OPEN, "open")           \
	X(OFFER_COUNTERED, "countered") \
	X(OFFER_WITHDRAWN, "withdrawn") \
	X(OFFER_REJECTED, "rejected")   \
	X(OFFER_EXPIRED, "expired")     \
	X(OFFER_ACCEPTED, "accepted")

#define THREAD_STATES(X)                   \
	X(THREAD_OPEN, "open")             \
	X(THREAD_DECLINED, "declined")     \
	X(THREAD_LAPSED, "lapsed")         \
	X(THREAD_NOT_CHOSEN, "not_chosen") \
	X(THREAD_ENDED, "ended")           \
	X(THREAD_AGREED, "agreed")         \
	X(THREAD_NOVATING, "novating") /* asked to take the care over */

#define INVOLVEMENT_PURPOSES(X)                   \
	X(INVOLVED_IN_CALCULATION, "calculation") \
	X(INVOLVED_IN_CHOICE, "choice")           \
	X(INVOLVED_IN_SIGNATURE, "signature")     \
	X(INVOLVED_IN_REVIEW, "review")

#define TOOK_PART(X)                                  \
	X(TOOK_PART_FULLY, "fully")                   \
	X(TOOK_PART_WITH_SUPPORT, "with_support")     \
	X(TOOK_PART_CHOSE_NOT, "chose_not_to")        \
	X(TOOK_PART_LACKS_CAPACITY, "lacks_capacity") \
	X(TOOK_PART_NOT_YET, "not_yet")

#define ASSESSMENT_OUTCOMES(X)                     \
	X(ASSESSMENT_CAN_MEET, "can_meet")         \
	X(ASSESSMENT_WITH_CHANGES, "with_changes") \
	X(ASSESSMENT_CANNOT, "cannot")

#define MEDIATION_OUTCOMES(X)                     \
	X(MEDIATION_SETTLED, "settled")           \
	X(MEDIATION_PART_SETTLED, "part_settled") \
	X(MEDIATION_NOT_SETTLED, "not_settled")

/* How far a mediation has come in a strand. */
#define MEDIATION_STATES(X)                                       \
	X(MEDIATION_NONE, "none")                                 \
	X(MEDIATION_PROPOSED, "proposed")                         \
	X(MEDIATION_CONSENTED, "consented") /* no mediator yet */ \
	X(MEDIATION_UNDER_WAY, "under_way") /* with one */        \
	X(MEDIATION_OVER, "over")

/* What a counter-offer does to a line of the offer it answers. */
#define LINE_CHANGES(X)              \
	X(LINE_ACCEPTED, "accepted") \
	X(LINE_MOVED, "moved")       \
	X(LINE_ADDED, "added")       \
	X(LINE_REMOVED, "removed")

#define EXTENSION_STATES(X)               \
	X(EXTENSION_PROPOSED, "proposed") \
	X(EXTENSION_AGREED, "agreed")     \
	X(EXTENSION_REFUSED, "refused")   \
	X(EXTENSION_REMOVED, "removed")   \
	X(EXTENSION_RELEASED, "released") /* the action was over, or late, before the answer */

/* How one side tells another of something outside the service. */
#define SERVICE_MEANS(X)                  \
	X(SERVICE_TELEPHONE, "telephone") \
	X(SERVICE_LETTER, "letter")       \
	X(SERVICE_BY_HAND, "by_hand")

/* What the service itself tells by. */
#define CHANNELS(X)                   \
	X(CHANNEL_SERVICE, "service") \
	X(CHANNEL_EMAIL, "email")     \
	X(CHANNEL_WEBHOOK, "webhook")

#define VOID_KINDS(X)        \
	X(VOID_MISS, "miss") \
	X(VOID_LAPSE, "lapse")

#define PANEL_OUTCOMES(X)             \
	X(PANEL_APPROVED, "approved") \
	X(PANEL_RETURNED, "returned") \
	X(PANEL_REFUSED, "refused")

#define DECLINE_REASONS(X)                                \
	X(DECLINE_NO_VACANCY, "no_vacancy")               \
	X(DECLINE_CANNOT_MEET_NEEDS, "cannot_meet_needs") \
	X(DECLINE_PRICE, "price")                         \
	X(DECLINE_COMPATIBILITY, "compatibility")         \
	X(DECLINE_STAFFING, "staffing")                   \
	X(DECLINE_OTHER, "other")

#define REJECT_REASONS(X)                        \
	X(REJECT_PRICE, "price")                 \
	X(REJECT_NEEDS_NOT_MET, "needs_not_met") \
	X(REJECT_START_DATE, "start_date")       \
	X(REJECT_CLAUSES, "clauses")             \
	X(REJECT_OUTCOMES, "outcomes")           \
	X(REJECT_OTHER, "other")

#define WITHDRAW_REASONS(X)                                \
	X(WITHDRAW_NEEDS_CHANGED, "needs_changed")         \
	X(WITHDRAW_PERSON_CHOSE, "person_chose_otherwise") \
	X(WITHDRAW_FUNDING, "funding")                     \
	X(WITHDRAW_OPENED_IN_ERROR, "opened_in_error")     \
	X(WITHDRAW_OTHER, "other")

#define NOTICE_REASONS(X)                                \
	X(NOTICE_NEEDS_CHANGED, "needs_changed")         \
	X(NOTICE_PERSON_CHOSE, "person_chose")           \
	X(NOTICE_CANNOT_MEET_NEEDS, "cannot_meet_needs") \
	X(NOTICE_QUALITY, "quality")                     \
	X(NOTICE_FUNDING, "funding")                     \
	X(NOTICE_HOME_CLOSES, "home_closes")             \
	X(NOTICE_BREACH, "breach")                       \
	X(NOTICE_OTHER, "other")

#define CARE_ENDINGS(X)                    \
	X(ENDING_TERMINATED, "terminated") \
	X(ENDING_COMPLETED, "completed")

/* Why another payer takes over. */
#define TRANSFER_REASONS(X)                                    \
	X(TRANSFER_ORDINARY_RESIDENCE, "ordinary_residence")   \
	X(TRANSFER_NHS_CONTINUING_CARE, "nhs_continuing_care") \
	X(TRANSFER_OTHER, "other")

/* Safeguarding stands here so that it can be refused with whom to ring. */
#define COMPLAINT_SUBJECTS(X)                       \
	X(COMPLAINT_CARE, "care")                   \
	X(COMPLAINT_STAFF, "staff")                 \
	X(COMPLAINT_COMMUNICATION, "communication") \
	X(COMPLAINT_DELAY, "delay")                 \
	X(COMPLAINT_MONEY, "money")                 \
	X(COMPLAINT_RECORDS, "records")             \
	X(COMPLAINT_DECISION, "decision")           \
	X(COMPLAINT_OTHER, "other")                 \
	X(COMPLAINT_SAFEGUARDING, "safeguarding")

#define COMPLAINT_OUTCOMES(X)                       \
	X(COMPLAINT_UPHELD, "upheld")               \
	X(COMPLAINT_PARTLY_UPHELD, "partly_upheld") \
	X(COMPLAINT_NOT_UPHELD, "not_upheld")

#define COMPLAINT_STATES(X)                               \
	X(COMPLAINT_RAISED, "raised")                     \
	X(COMPLAINT_ACKNOWLEDGED, "acknowledged")         \
	X(COMPLAINT_ANSWERED, "answered")                 \
	X(COMPLAINT_WITH_MANAGER, "with_manager")         \
	X(COMPLAINT_MANAGER_ANSWERED, "manager_answered") \
	X(COMPLAINT_WITH_BODY, "with_body")

#define ESCALATIONS(X)                        \
	X(ESCALATE_TO_MANAGER, "manager")     \
	X(ESCALATE_TO_OMBUDSMAN, "ombudsman") \
	X(ESCALATE_TO_OTHER_BODY, "other_body")

#define REVIEW_KINDS(X)                      \
	X(REVIEW_FIRST, "first")             \
	X(REVIEW_THREE_MONTH, "three_month") \
	X(REVIEW_YEARLY, "yearly")           \
	X(REVIEW_REQUESTED, "requested")

/* Why a review is asked for. */
#define REVIEW_REASONS(X)                    \
	X(REVIEW_NEEDS_ROSE, "needs_rose")   \
	X(REVIEW_NEEDS_FELL, "needs_fell")   \
	X(REVIEW_ASK_TO_MOVE, "ask_to_move") \
	X(REVIEW_OTHER_REASON, "other")

#define REVIEW_DECISIONS(X)                  \
	X(REVIEW_CONTINUE, "continue")       \
	X(REVIEW_RECALCULATE, "recalculate") \
	X(REVIEW_RENEGOTIATE, "renegotiate") \
	X(REVIEW_END, "end")

/* Of a home. */
#define FLAG_LEVELS(X)         \
	X(FLAG_GREEN, "green") \
	X(FLAG_AMBER, "amber") \
	X(FLAG_RED, "red")

/* How a person was found. */
#define CHECK_OUTCOMES(X)                       \
	X(CHECK_ALL_WELL, "all_well")           \
	X(CHECK_ACTION_NEEDED, "action_needed") \
	X(CHECK_NOT_THERE, "not_there")

#define NEEDS_CHANGES(X)                \
	X(NEEDS_UNCHANGED, "unchanged") \
	X(NEEDS_ROSE, "rose")           \
	X(NEEDS_FELL, "fell")

#define OUTCOME_RESULTS(X)          \
	X(OUTCOME_MET, "met")       \
	X(OUTCOME_PARTLY, "partly") \
	X(OUTCOME_NOT_MET, "not_met")

/* Why an entry should never have been made. */
#define ERROR_REASONS(X)                      \
	X(ERROR_WRONG_PERSON, "wrong_person") \
	X(ERROR_DUPLICATE, "duplicate")       \
	X(ERROR_OTHER, "other")

#define LINE_UNITS(X)          \
	X(LINE_HOUR, "hour")   \
	X(LINE_VISIT, "visit") \
	X(LINE_NIGHT, "night") \
	X(LINE_DAY, "day")     \
	X(LINE_WEEK, "week")

#define FUNDERS(X)                       \
	X(FUNDER_AUTHORITY, "authority") \
	X(FUNDER_NHS, "nhs")             \
	X(FUNDER_PERSON, "person")       \
	X(FUNDER_THIRD_PARTY, "third_party")

/* Whether signed terms may come to another amount from the same day. */
#define INTERIM_BASES(X)          \
	X(INTERIM_FINAL, "final") \
	X(INTERIM_ADJUSTED, "subject_to_adjustment")

#define ABSENCE_KINDS(X)                \
	X(ABSENCE_HOSPITAL, "hospital") \
	X(ABSENCE_HOLIDAY, "holiday")

/* Whether the day of discharge is paid: the day of admission always is. */
#define DAY_COUNTS(X)                 \
	X(DAY_COUNT_NIGHTS, "nights") \
	X(DAY_COUNT_DAYS, "days")

/* What a line of a guide or of a fee rises with. */
#define COST_INDEXES(X)                    \
	X(COST_INDEX_NLW, "nlw")           \
	X(COST_INDEX_EARNINGS, "earnings") \
	X(COST_INDEX_CPI, "cpi")           \
	X(COST_INDEX_FOOD, "food")         \
	X(COST_INDEX_ENERGY, "energy")     \
	X(COST_INDEX_FIXED, "fixed")

/* What an uplift goes by. */
#define UPLIFT_BASES(X)                                                               \
	X(UPLIFT_BY_LINE, "by_line")   /* each line by the index it is tagged with */ \
	X(UPLIFT_WEIGHTED, "weighted") /* the whole fee by weighted indexes */        \
	X(UPLIFT_FLAT, "flat")	       /* so much on top */                           \
	X(UPLIFT_TARGET, "target")     /* in equal steps to a target rate */

#define UPLIFT_ROUNDINGS(X)                                                                  \
	X(UPLIFT_TOTAL_TO_PENNY, "total_to_penny") /* the weekly fee, once */                \
	X(UPLIFT_TOTAL_TO_POUND, "total_to_pound")                                           \
	X(UPLIFT_RATE_TO_PENNY, "rate_to_penny") /* each line's rate; the fee follows */     \
	X(UPLIFT_RATE_UP_PER_QUARTER_HOUR,                                                   \
	  "rate_up_per_quarter_hour") /* up to a whole penny per 15 minutes; rates for other \
					 units to the penny */

/* What decided the outcome of an uplift. */
#define UPLIFT_RULES(X)                                                                          \
	X(UPLIFT_RULE_BY_LINE, "by_line")                                                        \
	X(UPLIFT_RULE_WEIGHTED, "weighted")                                                      \
	X(UPLIFT_RULE_FLAT, "flat")                                                              \
	X(UPLIFT_RULE_TARGET, "target")                                                          \
	X(UPLIFT_RULE_CAP, "cap")                                                                \
	X(UPLIFT_RULE_FLOOR, "floor")                                                            \
	X(UPLIFT_RULE_NO_METHOD, "no_method")	  /* none in the terms and none was given */     \
	X(UPLIFT_RULE_OWN_METHOD, "own_method")	  /* it has its own, and those were left out */  \
	X(UPLIFT_RULE_NOT_STARTED, "not_started") /* the agreement begins after that day */      \
	X(UPLIFT_RULE_TOO_YOUNG, "too_young")                                                    \
	X(UPLIFT_RULE_ABOVE_THRESHOLD, "above_threshold")                                        \
	X(UPLIFT_RULE_NOT_YET, "not_yet")		/* before the path to a target begins */ \
	X(UPLIFT_RULE_FIGURE_MISSING, "figure_missing") /* no figure for an index it goes by */  \
	X(UPLIFT_RULE_OUT_OF_RANGE, "out_of_range")	/* below nothing, or beyond 10 million */

#define OBLIGATION_STATES(X)               \
	X(OBLIGATION_OPEN, "open")         \
	X(OBLIGATION_MET, "met")           \
	X(OBLIGATION_MET_LATE, "met_late") \
	X(OBLIGATION_LAPSED, "lapsed")     \
	X(OBLIGATION_RELEASED, "released")

enum stage { STAGES(WORDS_ENUM) STAGE_COUNT };
enum end_reason { END_REASONS(WORDS_ENUM) END_REASON_COUNT };
enum side { SIDES(WORDS_ENUM) SIDE_COUNT };
enum role { ROLES(WORDS_ENUM) ROLE_COUNT };
enum care_setting { CARE_SETTINGS(WORDS_ENUM) CARE_SETTING_COUNT };
enum urgency { URGENCIES(WORDS_ENUM) URGENCY_COUNT };
enum round_kind { ROUND_KINDS(WORDS_ENUM) ROUND_KIND_COUNT };
enum agreement_basis { AGREEMENT_BASES(WORDS_ENUM) AGREEMENT_BASIS_COUNT };
enum offer_state { OFFER_STATES(WORDS_ENUM) OFFER_STATE_COUNT };
enum thread_state { THREAD_STATES(WORDS_ENUM) THREAD_STATE_COUNT };
enum involvement_purpose { INVOLVEMENT_PURPOSES(WORDS_ENUM) INVOLVEMENT_PURPOSE_COUNT };
enum took_part { TOOK_PART(WORDS_ENUM) TOOK_PART_COUNT };
enum assessment_outcome { ASSESSMENT_OUTCOMES(WORDS_ENUM) ASSESSMENT_OUTCOME_COUNT };
enum mediation_outcome { MEDIATION_OUTCOMES(WORDS_ENUM) MEDIATION_OUTCOME_COUNT };
enum mediation_state { MEDIATION_STATES(WORDS_ENUM) MEDIATION_STATE_COUNT };
enum line_change_kind { LINE_CHANGES(WORDS_ENUM) LINE_CHANGE_COUNT };
enum extension_state { EXTENSION_STATES(WORDS_ENUM) EXTENSION_STATE_COUNT };
enum service_means { SERVICE_MEANS(WORDS_ENUM) SERVICE_MEANS_COUNT };
enum channel { CHANNELS(WORDS_ENUM) CHANNEL_COUNT };
enum void_kind { VOID_KINDS(WORDS_ENUM) VOID_KIND_COUNT };
enum panel_outcome { PANEL_OUTCOMES(WORDS_ENUM) PANEL_OUTCOME_COUNT };
enum decline_reason { DECLINE_REASONS(WORDS_ENUM) DECLINE_REASON_COUNT };
enum reject_reason { REJECT_REASONS(WORDS_ENUM) REJECT_REASON_COUNT };
enum withdraw_reason { WITHDRAW_REASONS(WORDS_ENUM) WITHDRAW_REASON_COUNT };
enum notice_reason { NOTICE_REASONS(WORDS_ENUM) NOTICE_REASON_COUNT };
enum care_ending { CARE_ENDINGS(WORDS_ENUM) CARE_ENDING_COUNT };
enum transfer_reason { TRANSFER_REASONS(WORDS_ENUM) TRANSFER_REASON_COUNT };
enum complaint_subject { COMPLAINT_SUBJECTS(WORDS_ENUM) COMPLAINT_SUBJECT_COUNT };
enum complaint_outcome { COMPLAINT_OUTCOMES(WORDS_ENUM) COMPLAINT_OUTCOME_COUNT };
enum complaint_state { COMPLAINT_STATES(WORDS_ENUM) COMPLAINT_STATE_COUNT };
enum escalation { ESCALATIONS(WORDS_ENUM) ESCALATION_COUNT };
enum review_kind { REVIEW_KINDS(WORDS_ENUM) REVIEW_KIND_COUNT };
enum review_reason { REVIEW_REASONS(WORDS_ENUM) REVIEW_REASON_COUNT };
enum flag_level { FLAG_LEVELS(WORDS_ENUM) FLAG_LEVEL_COUNT };
enum check_outcome { CHECK_OUTCOMES(WORDS_ENUM) CHECK_OUTCOME_COUNT };
enum review_decision { REVIEW_DECISIONS(WORDS_ENUM) REVIEW_DECISION_COUNT };
enum needs_change { NEEDS_CHANGES(WORDS_ENUM) NEEDS_CHANGE_COUNT };
enum outcome_result { OUTCOME_RESULTS(WORDS_ENUM) OUTCOME_RESULT_COUNT };
enum error_reason { ERROR_REASONS(WORDS_ENUM) ERROR_REASON_COUNT };
enum line_unit { LINE_UNITS(WORDS_ENUM) LINE_UNIT_COUNT };
enum funder { FUNDERS(WORDS_ENUM) FUNDER_COUNT };
enum interim_basis { INTERIM_BASES(WORDS_ENUM) INTERIM_BASIS_COUNT };
enum absence_kind { ABSENCE_KINDS(WORDS_ENUM) ABSENCE_KIND_COUNT };
enum day_count { DAY_COUNTS(WORDS_ENUM) DAY_COUNT_COUNT };
enum cost_index { COST_INDEXES(WORDS_ENUM) COST_INDEX_COUNT };
enum uplift_basis { UPLIFT_BASES(WORDS_ENUM) UPLIFT_BASIS_COUNT };
enum uplift_rounding { UPLIFT_ROUNDINGS(WORDS_ENUM) UPLIFT_ROUNDING_COUNT };
enum uplift_rule { UPLIFT_RULES(WORDS_ENUM) UPLIFT_RULE_COUNT };
enum obligation_state { OBLIGATION_STATES(WORDS_ENUM) OBLIGATION_STATE_COUNT };
enum duty { DUTIES(WORDS_ENUM) DUTY_COUNT };
enum move { MOVES(WORDS_ENUM) MOVE_COUNT };
enum fact_kind { FACTS(WORDS_ENUM) FACT_COUNT };

extern const char *const stage_names[];
extern const char *const end_reason_names[];
extern const char *const side_names[];
extern const char *const role_names[];
extern const char *const care_setting_names[];
extern const char *const urgency_names[];
extern const char *const round_kind_names[];
extern const char *const agreement_basis_names[];
extern const char *const offer_state_names[];
extern const char *const thread_state_names[];
extern const char *const involvement_purpose_names[];
extern const char *const took_part_names[];
extern const char *const assessment_outcome_names[];
extern const char *const mediation_outcome_names[];
extern const char *const mediation_state_names[];
extern const char *const line_change_kind_names[];
extern const char *const extension_state_names[];
extern const char *const service_means_names[];
extern const char *const channel_names[];
extern const char *const void_kind_names[];
extern const char *const panel_outcome_names[];
extern const char *const decline_reason_names[];
extern const char *const reject_reason_names[];
extern const char *const withdraw_reason_names[];
extern const char *const notice_reason_names[];
extern const char *const care_ending_names[];
extern const char *const transfer_reason_names[];
extern const char *const complaint_subject_names[];
extern const char *const complaint_outcome_names[];
extern const char *const complaint_state_names[];
extern const char *const escalation_names[];
extern const char *const review_kind_names[];
extern const char *const review_reason_names[];
extern const char *const flag_level_names[];
extern const char *const check_outcome_names[];
extern const char *const review_decision_names[];
extern const char *const needs_change_names[];
extern const char *const outcome_result_names[];
extern const char *const error_reason_names[];
extern const char *const line_unit_names[];
extern const char *const funder_names[];
extern const char *const interim_basis_names[];
extern const char *const absence_kind_names[];
extern const char *const day_count_names[];
extern const char *const cost_index_names[];
extern const char *const uplift_basis_names[];
extern const char *const uplift_rounding_names[];
extern const char *const uplift_rule_names[];
extern const char *const obligation_state_names[];
extern const char *const duty_names[];
extern const char *const move_names[];
extern const char *const fact_names[];

/* For people who have not read the protocol. */
struct duty_words {
	const char *action;  /* what is to be done */
	const char *expires; /* what runs out when it is not */
};
extern const struct duty_words duty_words[DUTY_COUNT];

#endif
