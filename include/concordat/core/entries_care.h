/*
 * entries_care.h - what is asked and said once care is agreed: payment, reviews, uplift, endings,
 * complaints. A part of entries.h.
 */
#ifndef CONCORDAT_CORE_ENTRIES_CARE_H
#define CONCORDAT_CORE_ENTRIES_CARE_H

#include "concordat/core/calendar.h"
#include "concordat/core/schema.h"
#include "concordat/core/terms.h"
#include "concordat/core/uplift.h"
#include "concordat/core/words.h"

struct confirm_start {
	int32_t started_day;
	struct personal note;
};

struct payer_amount {
	int32_t funder;
	int64_t amount_p;
};

/* What is paid until terms are signed. One side enters it, the other agrees by the same. */
struct agree_interim_terms {
	int64_t weekly_p;
	int32_t basis; /* enum interim_basis */
	int32_t from_day;
	int32_t side;	/* derived */
	bool is_agreed; /* derived: it answers the other side's */
};

/* Of the same fee. */
struct change_funding {
	int32_t from_day;
	struct list funding; /* struct funding_part */
	struct text reference;
	int64_t weekly_p; /* derived: the fee on that day */
};

struct sign_top_up {
	int32_t signed_day;
	struct text reference;
	int64_t weekly_p;
	struct uuid organisation; /* the co-payer that pays it; zero: one that takes no part, and in
				     a request the only one that pays that much */
};

struct record_absence {
	int32_t kind;		  /* enum absence_kind */
	int32_t from_day, to_day; /* the first night away and the last; NO_DAY: not known yet */
	int64_t held_r;		  /* percent of the fee */
	int64_t number;		  /* derived: 1.. in the placement */
};

struct end_absence {
	int64_t number;
	int32_t to_day;
};

/* The terms of care that already runs, for the provider to confirm. */
struct record_existing_agreement {
	struct terms terms; /* first: rules read them, as of an offer */
	struct uuid provider, home;
	int32_t started_day;
	int32_t next_review_day;
	int32_t review_kind; /* enum review_kind: which the next one is */
	struct text contract_reference;
	int64_t number; /* derived: among the strand's offers */
	struct digest terms_digest;
	struct uuid import; /* derived: the caseload it came in with; zero: by itself */
};

struct confirm_existing_agreement {
	struct digest terms_digest; /* first: rules read it */
	/* derived: */
	int64_t number, agreement;
	int32_t started_day;
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
	int32_t needs, decision;
	int32_t reassessed_day;
};

/* Of a review that is scheduled or was held lately. */
struct give_feedback {
	int32_t kind;
	struct personal feedback;
};

struct request_review {
	int32_t reason;
	struct personal detail;
	int64_t number; /* derived: of the request, 1.. in the placement */
};

struct decline_review {
	int64_t number;
	struct personal reasons;
	bool unreasonable; /* as the person's own request must be to be declined */
};

struct request_recalculation {
	struct text model, version; /* of a newer one; else derived: the one that governs */
	struct personal reason;
	bool is_newer; /* derived: a newer one is stated */
};

/* By the method that the agreement names. What the sum made of it stands in the entry, so that both
 * sides can work it out again. */
struct apply_uplift {
	struct uplift_figures figures;
	int32_t paid_from_day; /* uplifted nights before it are arrears */
	struct terms terms;    /* derived, as all that follows */
	struct digest terms_digest;
	int64_t weekly_before_p;
	int64_t percent_r;
	int32_t rule; /* enum uplift_rule: what decided */
	struct text reason;
	int64_t uplifted;   /* the version it is worked on */
	int64_t version;    /* the one it makes; NO_INT: the fee falls, and this is an offer */
	int32_t to_day;	    /* as struct agreement has it */
	struct uuid uplift; /* of a portfolio; zero: this placement's alone */
};

/* By time: a score of the home's, from the authority's record of it, where the terms say what
 * follows from one. */
struct apply_quality {
	struct uuid home;
	int64_t home_entry; /* of that record: the score's */
	int32_t from_day;
	int64_t score_r;  /* percent; NO_INT: none is given */
	struct text tier; /* TEXT_NONE: none is given */
	int64_t corrects; /* the record's entry that counts no more; NO_INT: none */
};

/* By time: the flag of the home is red, or red no longer. */
struct apply_flag {
	struct uuid home;
	int64_t home_entry; /* of the authority's record of it */
	int32_t level;	    /* enum flag_level */
};

/* That somebody looked at how the person is, because the flag is red. */
struct confirm_check {
	int32_t outcome; /* enum check_outcome */
	int32_t on_day;
	struct personal detail;
};

struct challenge_uplift {
	struct personal reason;
	int64_t version; /* derived: the uplifted one */
};

struct give_notice {
	int32_t end_day;
	struct text clause;
	int32_t reason;
	struct personal detail;
};

/* For the exit or the handover. */
struct file_plan {
	struct personal plan;
	int64_t document; /* in the filing party's own numbers */
};

struct end_care {
	int32_t last_day;
	int32_t reason; /* enum care_ending */
	struct personal passed_on, owed;
};

struct record_death {
	int32_t died_day;
	int32_t last_paid_day; /* NO_DAY: nothing was agreed */
	struct text clause;
	struct personal note;
};

struct transfer_care {
	struct uuid organisation; /* zero: it is not here */
	int32_t reason;
	struct text payer;
	int32_t from_day;
	struct text signed_by;
	struct personal note;
};

struct novate {
	struct uuid provider, home; /* as an invitation's */
	int32_t from_day;
	struct personal reason;
};

/* Derived but for the note: what is consented to, so that the new provider can be told. */
struct consent_to_novation {
	struct personal note;
	struct uuid provider, home;
	int32_t from_day;
	struct digest terms_digest;
	int64_t agreement; /* its number, with the last consent; NO_INT before */
};

/* Whoever proposed it takes it back; whoever is to consent declines. */
struct drop_novation {
	struct personal reason;
};

/* The number is the first member of each; it counts for one provider and the commissioner. */
struct raise_complaint {
	int64_t number; /* derived */
	int32_t subject;
	struct personal complaint;
};

struct acknowledge_complaint {
	int64_t number;
	struct personal note;
};

struct answer_complaint {
	int64_t number;
	int32_t outcome; /* enum complaint_outcome */
	struct personal answer;
};

struct escalate {
	int64_t number;
	int32_t to; /* enum escalation */
	struct text body;
	struct personal reason;
};

#endif
