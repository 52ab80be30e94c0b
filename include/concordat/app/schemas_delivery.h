/*
 * schemas_delivery.h - what is asked and answered about messages and who gets them: beside
 * schemas.h.
 */
#ifndef CONCORDAT_APP_SCHEMAS_DELIVERY_H
#define CONCORDAT_APP_SCHEMAS_DELIVERY_H

#include "concordat/core/schema.h"
#include "concordat/core/words.h"

struct delivery_try {
	int64_t number, status;
	int64_t started_at_us, ended_at_us;
	struct text address, outcome, answer;
};

struct delivery_row {
	struct uuid id, placement, target;
	struct text channel, kind, subject, body, state, reminder;
	int64_t attempts;
	int64_t due_at_us, created_at_us, read_at_us, acknowledged_at_us;
	struct list tries; /* struct delivery_try; of one that is looked at by itself */
};
extern const struct schema delivery_row_schema;

struct delivery_reach {
	struct uuid id, recipient;
	int64_t entry; /* the reader's own number */
	struct text channel, kind, state, answer;
	int64_t attempts;
	int64_t created_at_us, read_at_us, acknowledged_at_us;
};
extern const struct schema delivery_reach_schema;

#define MESSAGE_READERS(X) \
	X(READER_ME, "me") \
	X(READER_MAILBOX, "mailbox")
#define MESSAGE_TIMINGS(X)               \
	X(TIMING_IMMEDIATE, "immediate") \
	X(TIMING_DAILY, "daily")         \
	X(TIMING_NONE, "none")
#define MESSAGE_PLACEMENTS(X)    \
	X(PLACEMENTS_ALL, "all") \
	X(PLACEMENTS_OWN, "own")

enum message_reader { MESSAGE_READERS(WORDS_ENUM) MESSAGE_READER_COUNT };
enum message_timing { MESSAGE_TIMINGS(WORDS_ENUM) MESSAGE_TIMING_COUNT };
enum message_placements { MESSAGE_PLACEMENTS(WORDS_ENUM) MESSAGE_PLACEMENTS_COUNT };

extern const char *const message_reader_names[];
extern const char *const message_timing_names[];
extern const char *const message_placements_names[];

struct message_rule {
	int32_t reader; /* NO_ENUM: oneself */
	int32_t kind;	/* of webhook_kind_names; NO_ENUM: those that no rule names */
	int32_t timing;
	int32_t placements;    /* NO_ENUM: all */
	int64_t digest_hour;   /* NO_INT: as it was */
	struct text time_zone; /* TEXT_NONE: as it was */
};
extern const struct schema message_rule_schema;

#endif
