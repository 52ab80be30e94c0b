/*
 * schemas_mail.h - what is asked and answered about mail that came back, and letters.
 */
#ifndef CONCORDAT_APP_SCHEMAS_MAIL_H
#define CONCORDAT_APP_SCHEMAS_MAIL_H

#include "concordat/app/schemas.h"

struct bounce_report { /* one of the first two */
	struct text address;
	struct text message_id;
	bool permanent;
	struct text answer;
};
extern const struct schema bounce_report_schema;

struct bounce_reported {
	struct uuid id;
	struct text address;
	int64_t failed; /* deliveries that had been sent */
};
extern const struct schema bounce_reported_schema;

struct bounce_row {
	struct uuid id;
	struct text address;
	bool permanent;
	struct text answer;
	int64_t times, since_us, last_us;
};
extern const struct schema bounce_row_schema;

/* The move that takes a letter out of the queue, in the reader's own numbers. */
struct letter_record {
	struct text move, href, version;
	int64_t entry, n;
};

struct letter_row {
	struct uuid id, placement;
	struct text reference;
	struct uuid recipient;
	struct text recipient_name, telephone;
	struct postal_address address;
	struct text alert, subject;
	int64_t recorded_at_us, failed_at_us;
	struct text answer;
	struct list owed; /* int32_t, enum duty */
	struct letter_record record;
};
extern const struct schema letter_row_schema;

#endif
