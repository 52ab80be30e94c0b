/* message_document.h - what a party's webhooks are sent of an entry or a reminder. */
#ifndef CONCORDAT_SERVER_JOBS_MESSAGE_DOCUMENT_H
#define CONCORDAT_SERVER_JOBS_MESSAGE_DOCUMENT_H

#include "internal.h"

/* TEXT_NONE: the party is not told of it. */
struct text document_of_fact(struct app *app, struct arena *arena,
			     const struct placement *placement, const struct fact *fact,
			     const struct party *party, struct text traceparent);
/* Of a home's record, likewise. */
struct text document_of_home(struct app *app, struct arena *arena, const struct home_read *read,
			     const struct home_fact *fact, struct uuid organisation,
			     struct text traceparent);
/* name: as obligation_reminder gives it. */
struct text document_of_reminder(struct app *app, struct arena *arena,
				 const struct placement *placement, const struct obligation *o,
				 struct text name, const struct party *party, int64_t at_us);
/* That the bank holidays of the authority's division run out. */
struct text document_of_calendar(struct app *app, struct arena *arena, struct uuid authority,
				 struct text division, int64_t at_us);

#endif
