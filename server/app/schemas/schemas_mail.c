/*
 * schemas_mail.c - the field tables of mail that came back, and of letters.
 */
#include "concordat/app/schemas_mail.h"

#include "concordat/core/fields.h"
#include "concordat/core/words.h"

static const struct field bounce_report_fields[] = {
	TEXT_F(bounce_report, address, 0, 254, "the address, where the message is not known"),
	TEXT_F(bounce_report, message_id, 0, 300, "the Message-ID of what came back"),
	BOOL_F(bounce_report, permanent, REQ, "whether there is no such mailbox"),
	TEXT_F(bounce_report, answer, REQ, 500, "what the report says, in a line"),
};
TABLE(bounce_report, struct bounce_report, "Mail that came back after it was taken");

static const struct field bounce_reported_fields[] = {
	ID_F(bounce_reported, id, REQ, "the bounce, to clear it by"),
	TEXT_F(bounce_reported, address, REQ, 254, "the address, in small letters"),
	INT_F(bounce_reported, failed, REQ, 0, INT64_MAX,
	      "how many deliveries had been sent by it and have failed now"),
};
TABLE(bounce_reported, struct bounce_reported, "What is held of the address now");

static const struct field bounce_row_fields[] = {
	ID_F(bounce_row, id, REQ, "its id, to clear it by"),
	TEXT_F(bounce_row, address, REQ, 254, "the address, in small letters"),
	BOOL_F(bounce_row, permanent, REQ,
	       "whether it is written to no more; else it is tried again"),
	TEXT_F(bounce_row, answer, REQ, 500, "the last answer"),
	INT_F(bounce_row, times, REQ, 1, INT64_MAX, "how often it has refused something"),
	INSTANT_F(bounce_row, since_us, "since", REQ, "when it did so first"),
	INSTANT_F(bounce_row, last_us, "last", REQ, "when it did so last"),
};
TABLE(bounce_row, struct bounce_row, "An address that refused mail");

static const struct field letter_record_fields[] = {
	TEXT_F(letter_record, move, REQ, 40, "the move"),
	TEXT_F(letter_record, href, REQ, 100, "where it is made"),
	TEXT_F(letter_record, version, REQ, 12, "one's own version of the placement now"),
	INT_F(letter_record, entry, REQ, 1, INT32_MAX, "its entry"),
	INT_F(letter_record, n, REQ, 1, INT32_MAX,
	      "its n; how, reference or document, and occurred_at are yours to add"),
};
static TABLE(letter_record, struct letter_record,
	     "How to record that they were told, which takes the letter out of the queue");

static const struct field letter_row_fields[] = {
	ID_F(letter_row, id, REQ, "its id; ask for it as text/html to print it"),
	ID_F(letter_row, placement, REQ, "about which placement"),
	TEXT_F(letter_row, reference, REQ, 60, "that placement's reference"),
	ID_F(letter_row, recipient, REQ, "whom to telephone or write to"),
	TEXT_F(letter_row, recipient_name, REQ, 200, "that organisation's name"),
	TEXT_F(letter_row, telephone, 0, 30, "where to telephone it"),
	OBJECT_F(letter_row, address, 0, &postal_address_schema, "where to write to it"),
	TEXT_F(letter_row, alert, 0, 300, "what to do while no postal address is held"),
	TEXT_F(letter_row, subject, REQ, 400, "what they could not be told of"),
	INSTANT_F(letter_row, recorded_at_us, "recorded_at", REQ, "when that was recorded"),
	INSTANT_F(letter_row, failed_at_us, "failed_at", 0, "when the last e-mail failed"),
	TEXT_F(letter_row, answer, 0, 500, "why it failed"),
	WORDS_F(letter_row, owed, REQ, 0, 100, duty_names, "what waits for it"),
	OBJECT_F(letter_row, record, 0, &letter_record_schema,
		 "how to record it; absent where the move is not the reader's side's"),
};
TABLE(letter_row, struct letter_row, "A notice to be told by telephone or letter");
