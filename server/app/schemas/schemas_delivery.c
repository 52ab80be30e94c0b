/*
 * schemas_delivery.c - the field tables of messages and who gets them.
 */
#include "concordat/app/schemas_delivery.h"

#include "concordat/app/schemas_webhook.h"
#include "concordat/core/fields.h"
#include "concordat/core/words.h"

#define TRIES_MOST 1000

const char *const message_reader_names[] = {MESSAGE_READERS(WORDS_NAME) NULL};
const char *const message_timing_names[] = {MESSAGE_TIMINGS(WORDS_NAME) NULL};
const char *const message_placements_names[] = {MESSAGE_PLACEMENTS(WORDS_NAME) NULL};

static const struct field delivery_try_fields[] = {
	INT_F(delivery_try, number, REQ, 1, TRIES_MOST, "which try, from 1"),
	INSTANT_F(delivery_try, started_at_us, "started_at", REQ, "when it began"),
	INSTANT_F(delivery_try, ended_at_us, "ended_at", 0,
		  "when it ended; left out: it is under way, or how it ended was not seen"),
	TEXT_F(delivery_try, address, 0, 320, "where an e-mail went"),
	TEXT_F(delivery_try, outcome, 0, 12, "taken, refused for good, or later: not now"),
	INT_F(delivery_try, status, 0, 0, 999, "the far server's code"),
	TEXT_F(delivery_try, answer, 0, 500, "its answer, or what went wrong, in a line"),
};
static TABLE(delivery_try, struct delivery_try, "A try to send a message");

#define STATE_HELP                                                                                \
	"queued, sending, sent (a mail server has it), delivered, failed, or unknown: given up, " \
	"and it may have arrived"

static const struct field delivery_row_fields[] = {
	ID_F(delivery_row, id, REQ, "its id"),
	ID_F(delivery_row, placement, 0, "about which placement"),
	TEXT_F(delivery_row, channel, REQ, 12, "service, email or webhook"),
	ID_F(delivery_row, target, 0,
	     "the webhook, or the person it is for; left out: the organisation itself"),
	TEXT_F(delivery_row, kind, REQ, 40, "what it tells"),
	TEXT_F(delivery_row, subject, REQ, 400, "its subject"),
	TEXT_F(delivery_row, body, REQ, 8000, "its text; never a person's name"),
	TEXT_F(delivery_row, state, REQ, 12, STATE_HELP),
	TEXT_F(delivery_row, reminder, 0, 60, "which reminder"),
	INT_F(delivery_row, attempts, REQ, 0, TRIES_MOST, "how often it was tried"),
	INSTANT_F(delivery_row, due_at_us, "due_at", 0, "the due date it is about"),
	INSTANT_F(delivery_row, created_at_us, "created_at", 0, "when it was made"),
	INSTANT_F(delivery_row, read_at_us, "read_at", 0, "when it was first marked as read"),
	INSTANT_F(delivery_row, acknowledged_at_us, "acknowledged_at", 0,
		  "when this organisation said that it has what it tells (acknowledge_delivery)"),
	LIST_F(delivery_row, tries, 0, 0, TRIES_MOST, &delivery_try_schema,
	       "every try, of a message that is looked at by itself"),
};
TABLE(delivery_row, struct delivery_row, "A message to an organisation");

static const struct field delivery_reach_fields[] = {
	ID_F(delivery_reach, id, REQ, "the message's id, at whom it was for"),
	INT_F(delivery_reach, entry, 0, 1, 0, "the entry that it tells of, by one's own count"),
	TEXT_F(delivery_reach, kind, REQ, 40, "what it tells"),
	ID_F(delivery_reach, recipient, REQ, "the organisation that it is for"),
	TEXT_F(delivery_reach, channel, REQ, 12, "service, email or webhook"),
	TEXT_F(delivery_reach, state, REQ, 12, STATE_HELP),
	INT_F(delivery_reach, attempts, REQ, 0, TRIES_MOST, "how often it was tried"),
	TEXT_F(delivery_reach, answer, 0, 500, "the last answer to a try"),
	INSTANT_F(delivery_reach, created_at_us, "created_at", REQ, "when it was made"),
	INSTANT_F(delivery_reach, read_at_us, "read_at", 0, "when the recipient marked it as read"),
	INSTANT_F(delivery_reach, acknowledged_at_us, "acknowledged_at", 0,
		  "when the recipient said that it has what it tells (acknowledge_delivery)"),
};
TABLE(delivery_reach, struct delivery_reach,
      "How far what one did has reached another party of the placement");

static const struct field message_rule_fields[] = {
	F(message_rule, reader, "for", FIELD_ENUM, 0, 0, 0, NULL, message_reader_names,
	  "oneself, or the organisation's mailbox; oneself when left out"),
	ENUM_F(message_rule, kind, 0, webhook_kind_names,
	       "which kind of message; left out: all that no rule names"),
	ENUM_F(message_rule, timing, REQ, message_timing_names,
	       "when, unless there is something to be done: that comes at once"),
	ENUM_F(message_rule, placements, 0, message_placements_names,
	       "those one looks after, or all; all when left out"),
	INT_F(message_rule, digest_hour, 0, 0, 23,
	      "hour of the day at which this reader's daily e-mail goes; the mailbox's when left "
	      "out"),
	TEXT_F(message_rule, time_zone, 0, 40,
	       "this reader's time zone, as Europe/London: of that hour, and of the 09:00 at which "
	       "reminders come; the mailbox's when left out"),
};
TABLE(message_rule, struct message_rule, "Who gets an e-mail of what, and when");
