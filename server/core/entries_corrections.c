/*
 * entries_corrections.c - the field tables of what puts an entry right without editing it.
 */
#include "entries_parts.h"

#include "concordat/core/fields.h"

static const struct field correct_fields[] = {
	INT_F(correct, entry, REQ | PAY, 1, SEQ_MOST, "the entry, by one's own number"),
	TEXT_F(correct, field, REQ, 40, "the member of it that is wrong"),
	TEXT_F(correct, was, REQ, 60, "what it says"),
	TEXT_F(correct, is, REQ, 60, "what is true"),
	PERSONAL_F(correct, reason, REQ, 2000, "how that is known"),
};
TABLE(correct, struct correct, "One's own entry is put right");

static const struct field mark_entered_in_error_fields[] = {
	INT_F(mark_entered_in_error, entry, REQ | PAY, 1, SEQ_MOST,
	      "the entry, by one's own number"),
	ENUM_F(mark_entered_in_error, why, REQ, error_reason_names, "why it should not be there"),
	PERSONAL_F(mark_entered_in_error, reason, REQ, 2000, "in words"),
};
TABLE(mark_entered_in_error, struct mark_entered_in_error,
      "An entry that should never have been made");

static const struct field redact_fields[] = {
	INT_F(redact, entry, REQ | PAY, 1, SEQ_MOST, "the entry, by one's own number"),
	TEXT_F(redact, grounds, REQ, 200, "on what grounds, without naming anybody"),
};
TABLE(redact, struct redact, "The personal texts of an entry are destroyed");
