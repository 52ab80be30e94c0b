/*
 * entries_clocks.c - the field tables of actions due, of more time for them, and of what time does.
 *
 * As entries.c: the contract of the API and of the stored ledger at once.
 */
#include "entries_parts.h"

#include "concordat/core/fields.h"

static const struct field change_timescale_fields[] = {
	INT_F(change_timescale, entry, REQ, 1, SEQ_MOST, "the entry that opened it"),
	INT_F(change_timescale, n, REQ, 1, 100, "its number there"),
	INT_F(change_timescale, more, REQ, 1, 60, "how many more of its own units"),
	PERSONAL_F(change_timescale, reason, REQ, 2000, "why"),
	INT_F(change_timescale, number, DER, 1, SEQ_MOST, "the change's number"),
	ENUM_F(change_timescale, side, DER, side_names, "who asked"),
};
TABLE(change_timescale, struct change_timescale, "More time is asked for an action due");

static const struct field consent_to_timescale_fields[] = {
	INT_F(consent_to_timescale, number, REQ, 1, SEQ_MOST, "the change's number"),
};
TABLE(consent_to_timescale, struct consent_to_timescale, "The other side agrees to more time");

static const struct field refuse_timescale_fields[] = {
	INT_F(refuse_timescale, number, REQ, 1, SEQ_MOST, "the change's number"),
	PERSONAL_F(refuse_timescale, reason, 0, 2000, "why; none need be given"),
};
TABLE(refuse_timescale, struct refuse_timescale, "The other side would not agree to more time");

static const struct field remove_extension_fields[] = {
	INT_F(remove_extension, number, REQ, 1, SEQ_MOST, "the change's number"),
	PERSONAL_F(remove_extension, reason, 0, 2000, "why"),
	BOOL_F(remove_extension, is_removed, DER, "true when both have asked for it"),
};
TABLE(remove_extension, struct remove_extension,
      "An extension is taken back when both sides ask for it");

static const struct field open_offers_fields[] = {
	INT_F(open_offers, offers, DER, 0, 1000, "how many were received"),
};
TABLE(open_offers, struct open_offers, "The offers of a mini-competition are opened");

static const struct field change_due_fields[] = {
	INT_F(change_due, calendar_version, DER, 1, SEQ_MOST, "the calendar's version"),
	TEXT_F(change_due, why, DER, 200, "what changed in it"),
};
TABLE(change_due, struct change_due, "A newer calendar has moved dates");

static const struct field not_done_fields[] = {
	INT_F(not_done, entry, DER, 1, SEQ_MOST, "the entry that opened it"),
	INT_F(not_done, n, DER, 1, 100, "its number there"),
	ENUM_F(not_done, duty, DER, duty_names, "what was owed"),
	ENUM_F(not_done, owed_by, DER, side_names, "by whom"),
	INSTANT_F(not_done, due_at_us, "due_at", DER, "when it was due"),
	ENUM_F(not_done, end_reason, DER, end_reason_names, "why the placement ended with it"),
};
TABLE(not_done, struct not_done, "Something was not done in time");

static const struct field evidence_fields[] = {
	INT_F(evidence, entry, 0, 1, SEQ_MOST, "the entry that attached the document"),
	TEXT_F(evidence, reference, 0, 200,
	       "of a letter, an e-mail or a note of the call; nothing about the person"),
};
TABLE(evidence, struct evidence, "What shows that the other side said it: one of the two");

static const struct field move_beside_fields[] = {
	INT_F(move_beside, thread, 0, 1, 1000000,
	      "which provider's strand; the open one when left out"),
	ENUM_F(move_beside, on_behalf_of, 0, side_names,
	       "who said this by telephone, letter or e-mail, where it is not one's own side"),
	INSTANT_F(move_beside, occurred_at_us, "occurred_at", 0, "when it said so"),
	OBJECT_F(move_beside, evidence, 0, &evidence_schema, "what shows it"),
};
const struct schema move_beside_schema =
	SCHEMA("move_beside", struct move_beside, move_beside_fields,
	       "What every move may carry beside its own members");

static const struct field opened_fields[] = {
	INT_F(opened, n, DER, 1, 100, "its number in this entry"),
	ENUM_F(opened, duty, DER, duty_names, "what is owed"),
	ENUM_F(opened, owed_by, DER, side_names, "by whom"),
	INT_F(opened, thread, DER, 0, SEQ_MOST, "in which thread"),
	INT_F(opened, subject, DER, 1, SEQ_MOST, "which question"),
	ENUM_F(opened, unit, DER, unit_names, "the rule's unit"),
	INT_F(opened, count, DER, 1, 1000, "how many"),
	ENUM_F(opened, roll, DER, roll_names, "how it rolls on a day that is no working day"),
	INSTANT_F(opened, anchor_us, "anchor", DER, "what it counts from"),
	INT_F(opened, calendar_version, DER, 1, SEQ_MOST, "the calendar's version"),
	INSTANT_F(opened, due_at_us, "due_at", DER, "when it is due"),
	DAY_F(opened, nominal_day, "nominal_day", DER, "the day before rolling"),
	DAY_F(opened, due_day, "due_day", DER, "the day it is due"),
	BOOL_F(opened, provisional, DER, "past the loaded calendar"),
	INSTANT_F(opened, paused_from_us, "paused_from", DER, "paused from the start, when it is"),
};
TABLE(opened, struct opened, "An action due begins");

static const struct field closed_fields[] = {
	INT_F(closed, entry, DER, 1, SEQ_MOST, "the entry that opened it"),
	INT_F(closed, n, DER, 1, 100, "its number there"),
	ENUM_F(closed, state, DER, obligation_state_names, "how it ended"),
	INSTANT_F(closed, due_at_us, "due_at", DER, "when it was due"),
};
TABLE(closed, struct closed, "An action due ends");

static const struct field due_change_fields[] = {
	INT_F(due_change, entry, DER, 1, SEQ_MOST, "the entry that opened it"),
	INT_F(due_change, n, DER, 1, 100, "its number there"),
	INSTANT_F(due_change, old_due_at_us, "old_due_at", DER,
		  "when it was due; absent while it was paused"),
	INSTANT_F(due_change, new_due_at_us, "new_due_at", DER,
		  "when it is due now; absent while it is paused"),
	INSTANT_F(due_change, paused_from_us, "paused_from", DER, "when the pause began"),
	INSTANT_F(due_change, paused_to_us, "paused_to", DER, "when the pause ended"),
	INSTANT_F(due_change, anchor_us, "anchor", DER, "what it counts from now"),
	ENUM_F(due_change, unit, DER, unit_names, "the rule's unit now"),
	INT_F(due_change, count, DER, 1, 1000, "how many now"),
	INT_F(due_change, calendar_version, DER, 1, SEQ_MOST,
	      "the calendar the date was counted by"),
	DAY_F(due_change, nominal_day, "nominal_day", DER,
	      "the day before rolling; absent: the due day"),
	BOOL_F(due_change, provisional, DER, "past the loaded calendar"),
	ENUM_F(due_change, state, DER, obligation_state_names,
	       "what one that had ended comes to now"),
	TEXT_F(due_change, why, DER, 60, "why"),
};
TABLE(due_change, struct due_change, "A due date moves");
