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
#include "concordat/core/entries_care.h"
#include "concordat/core/schema.h"
#include "concordat/core/terms.h"
#include "concordat/core/uplift.h"
#include "concordat/core/words.h"

struct open_placement {
	struct personal person_name;
	struct personal person_initials;
	struct personal date_of_birth;
	struct text case_reference; /* the authority's own, not about the person */
	struct text team;	    /* of the authority, that looks after it */
	int32_t care_setting, urgency;
	int32_t wanted_start_day, planned_end_day;
	struct list funding;		/* struct funding_part */
	struct text reference;		/* derived: PL-1000047-P */
	struct uuid person;		/* derived: the person's stream */
	struct text external_reference; /* derived: its own in the file that brought it in */
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
	int32_t closes_day; /* a mini-competition: sealed until 17:00 that day; NO_DAY: none */
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

struct line_reason {
	struct text key;
	struct personal reason;
};

/* A line beside the same one of the offer that is answered. */
struct line_answer {
	struct text key;
	int32_t what; /* enum line_change_kind */
};

struct make_offer {
	struct terms terms;
	struct list line_reasons; /* struct line_reason: of a counter-offer, for what it changes */
	struct list line_answers; /* struct line_answer: derived, of a counter-offer */
	int64_t answers;	  /* derived: the number of the offer it counters; NO_INT: none */
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
	/* derived, of the second: what it changes for nights already past, and how many they are */
	int64_t difference_p, nights;
	struct list differences; /* struct payer_amount: who owes it, or has it back */
};

struct withdraw {
	int32_t reason;
	struct personal detail;
};

struct reopen_invitation {
	int32_t closes_day; /* as an invitation's */
	struct personal reason;
};

/* One offer's marks in a mini-competition. In a fact only those of its own strand stand. */
struct score {
	int64_t thread;
	int64_t quality_r, price_r; /* marks, 0 to 100 each */
	int64_t total_r;	    /* derived: their sum */
	struct personal reasons;
};

struct choose_provider {
	int64_t chosen; /* the strand; absent, as person_choice is, in the facts of the others */
	struct list scores;	       /* struct score: each strand with an offer */
	struct personal person_choice; /* what the person chose, in their words */
	bool is_chosen;		       /* derived: this strand is */
};

struct share_identity {
	struct personal note;
};

struct provider_assessment {
	int32_t outcome; /* enum assessment_outcome */
	struct personal detail;
};

struct propose_mediation {
	struct text appointing_body;
	int64_t commissioner_share_r; /* percent of the mediator's cost; the rest is the provider's
				       */
	struct personal reason;
};

struct consent_to_mediation {
	struct personal note;
};

struct refuse_mediation {
	struct personal reason;
};

struct nominate_mediator {
	struct uuid mediator; /* an organisation that mediates */
	struct text name;     /* who would mediate */
};

struct agree_mediator {
	struct uuid mediator; /* derived: the one nominated */
};

struct appoint_by_body {
	struct uuid mediator;
	struct text letter; /* reference of the appointing body's letter */
};

struct propose_settlement {
	struct terms terms;
	int64_t number; /* derived: as an offer's */
	struct digest terms_digest;
};

struct accept_settlement {
	struct digest terms_digest; /* first: rules read it */
	struct personal above_guide_reason;
	int64_t number;
	int64_t weekly_p;
	bool is_agreed; /* derived: the other side has accepted too */
};

struct leave_mediation {
	struct personal reason;
};

struct conclude_mediation {
	int32_t outcome; /* enum mediation_outcome */
};

/* An action due, by its opening entry and number there, in the asking party's own numbers. */
struct change_timescale {
	int64_t entry, n;
	int64_t more; /* how many more of the timescale's own units */
	struct personal reason;
	int64_t number; /* derived: of the change, 1.. in the placement */
	int32_t side;	/* derived: who asked */
};

struct consent_to_timescale {
	int64_t number;
};

struct refuse_timescale {
	int64_t number;
	struct personal reason;
};

struct remove_extension {
	int64_t number;
	struct personal reason;
	bool is_removed; /* derived: both have asked for it */
};

struct send_message {
	bool to_representative;	    /* first, as in attach: rules read them */
	bool to_provider;	    /* of the person's side, to the provider */
	struct uuid representative; /* derived: of whom it is, or whose it is; zero: the sides' */
	struct uuid co_payer;	    /* to whom it is; zero: to none */
	struct personal message;
};

struct write_note {
	struct personal note;
	int32_t side; /* derived: whose it is, and who alone sees it */
};

struct attach {
	bool to_representative;
	bool to_provider;
	struct uuid representative; /* derived, as a message's */
	struct uuid co_payer;	    /* for whom it is; zero: for none */
	struct uuid document;
	struct digest sha256;	/* derived, of the document's bytes */
	int64_t bytes;		/* derived */
	struct text media_type; /* derived */
	struct personal title;
};

struct dispute_entry {
	int64_t entry; /* in the disputing party's own numbers */
	struct personal statement;
};

/* One's own side's entry is put right; the original stays, marked. */
struct correct {
	int64_t entry;	   /* first, in the side's own numbers */
	struct text field; /* its name in the entry: "started" */
	struct text was, is;
	struct personal reason;
};

/* An entry that should never have been made: its clocks and notices are void, it stays counted. */
struct mark_entered_in_error {
	int64_t entry;
	int32_t why; /* enum error_reason */
	struct personal reason;
};

/* Its personal texts are destroyed; digests, reason and date remain. */
struct redact {
	int64_t entry;
	struct text grounds; /* not about the person */
};

struct invite_representative {
	struct uuid representative; /* an organisation that holds one person or family */
	struct personal relation;   /* to the person */
};

struct release_representative {
	struct uuid representative; /* derived: the one there is */
	struct personal reason;
};

/* An action due of another side, by its opening entry and number there, in one's own numbers. Its
 * whole notice is served. */
struct record_service {
	int64_t entry, n;
	int32_t how;	  /* enum service_means */
	int64_t document; /* where what shows it was attached; NO_INT: none */
	struct text
		reference; /* of the letter or the note of the call, when there is no document */
};

struct acknowledge_delivery {
	int64_t entry; /* in one's own numbers */
};

/* What was recorded while its notice was not served. */
struct voided {
	int64_t n; /* which of the entry's */
	int32_t duty;
	int32_t what; /* enum void_kind */
	bool is_restored;
};

/* Time's own: no outside channel reached one side with an entry. */
struct not_served {
	int64_t entry;
	int32_t side;
	struct list voids; /* struct voided */
};

/* Time's own: one has after all. */
struct served {
	int64_t entry;
	int32_t side;
	int32_t channel; /* enum channel */
};

/* Time's own: the closing of a mini-competition. */
struct open_offers {
	int64_t offers; /* how many were received */
};

/* Time's own: a newer calendar moved dates; which ones stands in the fact's changes. */
struct change_due {
	int64_t calendar_version;
	struct text why;
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
	int32_t nominal_day;	  /* before rolling; absent: the due day */
	bool provisional;
	int32_t state; /* enum obligation_state, of one that had ended; NO_ENUM: unchanged */
	struct text why;
};

/* What shows that the other side said what was entered for it: one of the two. */
struct evidence {
	int64_t entry;	       /* where the document was attached; NO_INT: none */
	struct text reference; /* of a letter, an e-mail or a note of the call */
};

/* What a move's request may carry beside its own members. */
struct move_beside {
	int64_t thread;
	int32_t on_behalf_of; /* enum side, or NO_ENUM: one's own move */
	int64_t occurred_at_us;
	struct evidence evidence;
};

extern const struct schema opened_schema, closed_schema, due_change_schema, outcome_schema,
	need_schema, evidence_schema, move_beside_schema, payer_amount_schema;

/* The schema of a move's request and its fact's data; never NULL. */
const struct schema *move_schema(enum move move);

#endif
