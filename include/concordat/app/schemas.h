/*
 * schemas.h - what the calls outside a placement's moves ask and answer.
 *
 * The structs and their field tables: the requests that app decodes, and the rows of its lists. The
 * route table names the schemas for the OpenAPI document; moves have theirs in core (move_schema).
 */
#ifndef CONCORDAT_APP_SCHEMAS_H
#define CONCORDAT_APP_SCHEMAS_H

#include "concordat/core/schema.h"
#include "concordat/core/uplift.h"

/* ---- requests ---- */

struct protocol_choice {
	struct text id;
	int64_t version;
};

struct organisation_request {
	int32_t kind; /* enum organisation_kind */
	struct text name, email;
	/* of an authority */
	int32_t division; /* enum division */
	struct protocol_choice protocol;
	int64_t panel_weekday, panel_threshold_p;
};
extern const struct schema organisation_request_schema;

struct home_request {
	struct uuid organisation; /* absent: the caller's own */
	struct text name, location_number, address;
};
extern const struct schema home_request_schema;

struct user_request {
	struct text name, email;
	struct uuid organisation; /* absent: the caller's own */
	struct list roles;	  /* int32_t, enum role */
};
extern const struct schema user_request_schema;

struct token_request {
	struct uuid user;
	struct uuid organisation; /* absent: the caller's own */
	struct text label;
	int64_t days;
};
extern const struct schema token_request_schema;

struct calculate_request {
	struct list inputs; /* struct map_entry */
};
extern const struct schema calculate_request_schema;

struct compared_calculation {
	struct text model, version;
	struct list inputs; /* struct map_entry */
};

struct compare_request {
	struct compared_calculation before, after;
};
extern const struct schema compare_request_schema;

/* ---- answers and rows of lists ---- */

struct organisation_row {
	struct uuid id;
	struct text kind, name, email;
	struct text division;
	struct protocol_choice protocol;
	int64_t panel_weekday, panel_threshold_p;
};
extern const struct schema organisation_row_schema;

struct home_row {
	struct uuid id, organisation;
	struct text name, location_number, address;
};
extern const struct schema home_row_schema;

struct user_row {
	struct uuid id, organisation;
	struct text name, email;
	struct list roles; /* int32_t, enum role */
};
extern const struct schema user_row_schema;

struct token_row {
	struct uuid id, user, organisation;
	struct text label;
	int64_t expires_at_us;
	struct text secret; /* once, in the answer that made it */
};
extern const struct schema token_row_schema;

struct placement_row {
	struct uuid id, authority, provider, home, owner;
	struct text reference, stage, care_setting, urgency, version;
	int64_t weekly_p;
	int64_t opened_at_us, changed_at_us, next_due_at_us;
	bool overdue;
};
extern const struct schema placement_row_schema;

struct obligation_row {
	struct text id; /* "12.1" */
	struct uuid placement, owed_by_organisation;
	struct text reference, stage, duty, owed_by, state;
	int64_t due_at_us, missed_at_us;
	struct text due_words, href;
};
extern const struct schema obligation_row_schema;

struct delivery_row {
	struct uuid id, placement;
	struct text channel, kind, subject, body, state, reminder;
	int64_t attempts;
	int64_t due_at_us, created_at_us;
};
extern const struct schema delivery_row_schema;

/* ---- uplifts ---- */

struct uplift_filter {
	int32_t setting;
	struct uuid provider, authority;
	int64_t weekly_from_p, weekly_to_p; /* of the fee in force, both included */
};

struct uplift_request {
	struct uplift_figures figures;
	struct uplift_method method; /* for agreements that have none of their own */
	bool leave_out_own;
	struct uuid placement; /* zero: all that filter lets pass */
	struct uplift_filter filter;
	int64_t limit;
	struct text after;
};
extern const struct schema uplift_request_schema;

struct uplift_row {
	struct uuid placement;
	struct text reference;
	struct uuid provider;
	struct text setting;
	int32_t rule;
	bool is_uplifted;
	struct text reason;
	int64_t weekly_now_p, weekly_then_p, difference_p, percent_r;
};
extern const struct schema uplift_row_schema;

struct uplift_rule_row {
	int32_t rule;
	int64_t placements, weekly_now_p, weekly_then_p;
};

struct uplift_preview {
	int32_t from_day;
	int64_t placements, uplifted, unreadable;
	int64_t weekly_now_p, weekly_then_p, difference_p;
	struct list by_rule; /* struct uplift_rule_row */
	struct list items;   /* struct uplift_row */
	struct text next;
};
extern const struct schema uplift_preview_schema;

struct cost_model_row {
	struct text id, version;
	int32_t effective_from_day, effective_to_day;
	bool illustrative;
	struct text document; /* where the whole of it is */
};
extern const struct schema cost_model_row_schema;

#endif
