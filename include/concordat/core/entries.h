/*
 * entries.h - what each move asks and each fact says: structs and their field tables.
 *
 * One struct serves a move and its fact. Members marked FIELD_DERIVED are written by the core; the
 * others are the request. Personal members are digests in the fact. Every struct's table is in
 * move_schema().
 */
#ifndef CONCORDAT_CORE_ENTRIES_H
#define CONCORDAT_CORE_ENTRIES_H

#include "concordat/core/calendar.h"
#include "concordat/core/schema.h"
#include "concordat/core/terms.h"
#include "concordat/core/words.h"

struct open_placement {
	struct personal person_name;
	struct personal person_initials;
	struct personal date_of_birth;
	struct text case_reference; /* the authority's own, not about the person */
	int32_t care_setting, urgency;
	int32_t wanted_start_day, planned_end_day;
	struct list funding;   /* struct funding_part */
	struct text reference; /* derived: PL-1000047-P */
	struct uuid person;    /* derived: the person's stream */
};

struct need {
	struct text area; /* "personal care", "nights" */
	struct personal task;
	int64_t times_a_week, minutes, staff;
};

struct outcome {
	struct text key;
	struct personal what;
	int32_t owner; /* enum side: who works towards it */
	struct personal measure;
	struct personal target;
};

struct describe_needs {
	struct text assessment_reference;
	struct list needs;    /* struct need */
	struct list outcomes; /* struct outcome */
};

struct record_involvement {
	int32_t purpose, took_part;
	struct personal how, supported_by, words, reason;
	struct text capacity_record; /* reference of the decision-specific record */
	struct personal advocate;
};

struct section_author {
	struct text section;
	int32_t side; /* enum side */
};

struct line_range {
	struct text key, label;
	int64_t low_r, mid_r, high_r; /* ten-thousandths of a pound for one unit */
};

struct calculate {
	struct text model, version;
	struct list inputs;	  /* struct map_entry */
	struct list completed_by; /* struct section_author */
	struct text unit;
	int64_t low_p, mid_p, high_p;
	int64_t weekly_low_p, weekly_mid_p, weekly_high_p;
	bool illustrative;
	struct list lines; /* struct line_range */
};

struct refer_to_panel {
	struct personal note;
	int32_t sitting_day;
};

struct panel_decide {
	int32_t outcome;
	int64_t limit_weekly_p;
	struct personal reasons;
};

struct invite {
	struct uuid provider, home;
	int32_t wanted_start_day;
	int64_t calculation, needs; /* which one: 1 is the first */
};

struct acknowledge {
	struct personal contact; /* the provider's named contact and telephone */
};

struct decline {
	int32_t reason;
	struct personal detail;
};

struct ask {
	struct personal question;
	int64_t number;
};

struct answer {
	int64_t number;
	struct personal answer;
};

struct make_offer {
	struct terms terms;
	int32_t valid_until_day;
	struct personal above_guide_reason;
	struct personal covering_note;
	int32_t side;
	int64_t number;
	struct digest terms_digest;
};

struct withdraw_offer {
	int64_t number;
	struct personal reason;
};

struct accept {
	struct digest terms_digest;
	struct personal above_guide_reason;
	int64_t number;
	int64_t weekly_p;
};

struct reject {
	int32_t reason;
	struct personal detail;
	int64_t number;
};

struct sign {
	struct digest terms_digest;
	int32_t side;
	int64_t agreement; /* the agreement's number, when this is the second signature */
};

struct confirm_start {
	int32_t started_day;
	struct personal note;
};

struct outcome_result_entry {
	struct text key;
	int32_t result;
	struct personal comment;
};

struct hold_review {
	int32_t kind;
	int32_t held_day;
	struct list outcomes; /* struct outcome_result_entry */
	struct personal commissioner_feedback, provider_feedback, person_feedback;
	int32_t needs, decision;
	int32_t reassessed_day;
};

struct withdraw {
	int32_t reason;
	struct personal detail;
};

/* Time's own: which obligation was not done. */
struct not_done {
	int64_t entry, n; /* the obligation's opening fact and its number there */
	int32_t duty, owed_by;
	int64_t due_at_us;
	int32_t end_reason; /* lapsed: the placement ended with it, or NO_ENUM */
};

/* ---- what every fact may carry beside its own data ---- */

struct opened { /* an obligation begins */
	int64_t n;
	int32_t duty, owed_by;
	int64_t thread;
	int64_t subject; /* question number, or NO_INT */
	int32_t unit;
	int64_t count;
	int32_t roll;
	int64_t anchor_us;
	int64_t calendar_version;
	int64_t due_at_us;
	int32_t nominal_day, due_day;
	bool provisional;
	int64_t paused_from_us; /* absent: its clock runs from the start */
};

struct closed { /* an obligation ends */
	int64_t entry, n;
	int32_t state;	   /* enum obligation_state, not open */
	int64_t due_at_us; /* absent while it was paused */
};

struct due_change { /* its date moves */
	int64_t entry, n;
	int64_t old_due_at_us, new_due_at_us; /* absent: paused, no date */
	int64_t paused_from_us, paused_to_us; /* absent: this change is no pause */
	int64_t anchor_us;		      /* absent: unchanged */
	int32_t unit; /* with count: the rule it has now; absent: unchanged */
	int64_t count;
	int64_t calendar_version; /* the date was counted by; absent: unchanged */
	struct text why;
};

extern const struct schema opened_schema, closed_schema, due_change_schema, outcome_schema,
	need_schema;

/* The schema of a move's request and its fact's data; never NULL. */
const struct schema *move_schema(enum move move);

#endif
