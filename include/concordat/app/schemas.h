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

extern const struct schema protocol_adoption_schema; /* struct protocol_choice, both members */

struct postal_address {
	struct text line_1, line_2, line_3, town, postcode;
};

/* How an organisation is reached. */
struct contact {
	struct text email; /* its mailbox */
	struct text telephone;
	struct postal_address address;
};
extern const struct schema postal_address_schema, contact_schema;

struct organisation_request {
	int32_t kind; /* enum organisation_kind */
	struct text name;
	struct contact contact;
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
	struct text kind, name;
	struct contact contact;
	struct text division;
	struct protocol_choice protocol;
	int64_t panel_weekday, panel_threshold_p;
};
extern const struct schema organisation_row_schema;

struct closures_row {
	struct uuid authority;
	int64_t version;
	int64_t calendar_version; /* of the authority's own that begins with it; or NO_INT */
	struct list closures;	  /* struct holiday */
};
extern const struct schema closures_row_schema;

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
	struct text reference, stage, care_setting, urgency, version, team;
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
	bool served;
	int64_t not_served_since_us;
	struct text due_words, href;
};
extern const struct schema obligation_row_schema;

/* How far an authority's log is sealed; an absent origin: it is not. */
struct log_told {
	struct text origin, root;
	int64_t size;
};

/* A review that is scheduled or asked for, and not held. */
struct review_row {
	struct text id; /* "12.1" */
	struct uuid placement, authority, provider, home, owner;
	struct text reference, kind, state;
	int64_t due_at_us, missed_at_us, last_reminder_at_us;
	int32_t due_day, nominal_day;
	struct text due_words, because, last_reminder, href, home_name, team;
	struct log_told log;
};
extern const struct schema review_row_schema;

struct reading_row {
	int64_t at_us;
	struct uuid organisation, user;
	int64_t texts;
};
extern const struct schema reading_row_schema;

struct document_row {
	struct uuid id;
	struct digest sha256;
	int64_t bytes;
	struct text media_type;
};
extern const struct schema document_row_schema;

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

/* ---- an uplift that is applied to a portfolio (schemas_uplift.c) ---- */

struct portfolio_filter {
	int32_t setting;
	struct uuid provider;
	int64_t weekly_from_p, weekly_to_p; /* of the newest fee, both included */
};

struct portfolio_uplift {
	struct uplift_figures figures;
	int32_t paid_from_day;
	struct portfolio_filter filter;
};
extern const struct schema portfolio_uplift_schema;

enum portfolio_state { PORTFOLIO_UNDER_WAY, PORTFOLIO_STOPPED, PORTFOLIO_DONE };
extern const char *const portfolio_state_names[];

/* Of a placement whose fee did not simply rise. */
enum portfolio_outcome_kind { OUTCOME_OFFERED, OUTCOME_LEFT_OUT };
extern const char *const portfolio_outcome_names[];

struct portfolio_outcome {
	struct uuid placement;
	struct text reference;
	int32_t outcome; /* enum portfolio_outcome_kind */
	struct text rule, reason;
};
extern const struct schema portfolio_outcome_schema;

struct portfolio_progress {
	struct uuid id;
	int32_t state; /* enum portfolio_state */
	struct portfolio_uplift request;
	int64_t total, applied, offered, left_out;
	int64_t weekly_before_p, weekly_after_p; /* of those applied */
	int64_t created_at_us, ended_at_us;
	struct uuid stopped_by; /* zero: the service itself, or it was not stopped */
	struct text stopped_because;
	struct list items; /* struct portfolio_outcome */
	struct text next;
};
extern const struct schema portfolio_progress_schema;

struct stop_uplift {
	struct text because; /* TEXT_NONE: not said */
};
extern const struct schema stop_uplift_schema;

/* ---- a round (schemas_round.c) ---- */

/* Of an offer, and those that are not in it: taken out of the one before it, or the guide's only.
 * Pence a week; NO_INT where there is none. */
struct line_beside {
	struct text key, label;
	int32_t unit, index;		      /* NO_ENUM: not in the offer */
	int64_t quantity_r, rate_r, weekly_p; /* NO_INT: not in the offer */
	int32_t answer;		/* enum line_change_kind; NO_ENUM: the offer answers none */
	struct personal reason; /* the maker's, for an answer that is not accepted */
	int64_t moved_p; /* against the offer compared with; a line that is not there is nothing */
	int64_t guide_low_p, guide_mid_p, guide_high_p, to_mid_p;
	int32_t beside; /* enum beside_guide */
};

struct offer_beside {
	int64_t compared_with; /* the offer that it answers, else the one before; NO_INT: none */
	int64_t to_guide_mid_p, to_previous_p;
	int64_t gap_p; /* the provider's latest less the commissioner's, once it is made */
	int32_t beside_guide;
	struct list lines; /* struct line_beside */
};

/* The calculation that terms stand beside. */
struct guide_beside {
	int64_t calculation;
	struct text model, version;
	struct text document, workings; /* paths: the model's version whole, the calculation */
	int64_t low_p, mid_p, high_p;
};

struct compared_offer {
	int64_t number;
	int32_t side, state;
	int64_t made_at_us;
	int32_t valid_until_day;
	int64_t answers;
	int64_t weekly_p;
	struct digest terms_digest;
	struct guide_beside guide;
	struct offer_beside comparison;
};

struct round_comparison {
	struct uuid placement, provider; /* zero: nobody is invited yet */
	int64_t round;
	int32_t kind;
	bool sealed;
	struct guide_beside guide;
	struct list offers; /* struct compared_offer; of a sealed one number, side, made_at only */
	int64_t gap_p;	    /* as of the last offer */
	struct text note;
};
extern const struct schema offer_beside_schema, round_comparison_schema;

/* ---- reports (schemas_report.c) ---- */

/* What one side of one authority's placements did about one kind of duty. Times are absent when
 * nothing was late. */
struct timescale_row_counted {
	struct uuid authority, organisation;
	struct text authority_name, side, organisation_name, duty;
	int64_t total, met, met_late, missed, lapsed, released, released_after_miss, open;
	int64_t late_untimed; /* of met_late, those whose end was not kept */
	int64_t late_median_s, late_most_s;
	struct text late_median, late_most;
};

/* What a scorecard of an earlier day counted otherwise than it does now. */
struct timescale_change {
	struct uuid placement;
	struct text reference, id, duty, side;
	struct text was, is; /* which count it is in; was TEXT_NONE: it was not known of */
	int64_t was_due_at_us, due_at_us, known_at_us;
	int64_t entry; /* that made it so; NO_INT: one that is not the reader's to see */
	struct text because, why;
};

enum report_basis { REPORT_CORRECTED_NOW, REPORT_REPORTED_THEN };

struct timescale_report {
	int32_t basis;	      /* enum report_basis */
	int32_t known_on_day; /* as reported then: as known at the end of that day */
	int32_t from_day, to_day;
	struct list duties; /* struct timescale_row_counted */
	struct list
		rights; /* the same, owed by either side or by nobody: never missed by anybody */
	struct list changes; /* struct timescale_change; as reported then */
	bool more_changes;   /* than are shown */
	struct text note;
};
extern const struct schema timescale_counted_schema, timescale_change_schema,
	timescale_report_schema;

/* ---- money by date (schemas_account.c); absent: it is not of that kind, or not to be seen ---- */

struct account_share {
	int32_t funder;
	int64_t weekly_p, charged_p, adjusted_p, due_p, difference_p;
	bool stands_behind; /* of a top-up that is not signed: the authority pays if need be */
};

struct account_period_row {
	int32_t from_day, to_day;
	int64_t nights;
	struct uuid provider;
	int64_t agreement, entry, funding_entry, absence_entry, quality_entry;
	bool past_end;
	struct text quality_reason;
	int64_t weekly_p, quality_p, due_p;
	struct list by_payer; /* struct account_share */
};

struct account_adjustment_row {
	int64_t entry;
	int32_t known_day, paid_day, from_day, to_day;
	int64_t nights, difference_p;
	struct list by_payer; /* struct account_share */
};

struct account_answer {
	struct uuid placement;
	struct text reference;
	int32_t from_day, to_day, known_on_day;
	int64_t nights, charged_p, adjusted_p, due_p;
	struct list by_payer;	 /* struct account_share */
	struct list periods;	 /* struct account_period_row */
	struct list adjustments; /* struct account_adjustment_row */
	struct text note;
};
extern const struct schema account_share_schema, account_period_schema, account_answer_schema;

/* One placement's line of a statement: what was charged for its nights, and what was put right
 * within the time for earlier ones. */
struct statement_row {
	struct uuid placement, authority, provider, home;
	struct text reference, authority_name;
	int64_t nights, charged_p, adjusted_p, due_p;
	struct list by_payer; /* struct account_share */
};
extern const struct schema statement_row_schema;

/* ---- a caseload that is brought in (schemas_import.c) ---- */

struct import_report_row {
	int64_t row;
	struct uuid placement;
	struct text reference, code, pointer, detail;
};

struct import_report {
	int64_t rows, placed, refused;
	struct list items; /* struct import_report_row */
};
extern const struct schema import_report_row_schema, import_report_schema;

/* ---- calendar feeds (schemas_calendar.c) ---- */

struct calendar_feed_request {
	int32_t scope; /* enum feed_scope */
	struct text team;
};

struct calendar_feed_row {
	struct uuid id, user, organisation;
	struct text scope, team;
	int64_t created_at_us;
	struct text address; /* once, in the answer that made it */
};
extern const struct schema calendar_feed_request_schema, calendar_feed_row_schema;

enum feed_scope { FEED_USER, FEED_TEAM, FEED_ORGANISATION };
extern const char *const feed_scope_names[]; /* "user", ... */

struct cost_model_row {
	struct text id, version;
	int32_t effective_from_day, effective_to_day;
	bool illustrative;
	struct text document; /* where the whole of it is */
};
extern const struct schema cost_model_row_schema;

#endif
