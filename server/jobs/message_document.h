/* message_document.h - what a party's webhooks are sent of an entry or a reminder. */
#ifndef CONCORDAT_SERVER_JOBS_MESSAGE_DOCUMENT_H
#define CONCORDAT_SERVER_JOBS_MESSAGE_DOCUMENT_H

#include "internal.h"

/* TEXT_NONE: the party is not told of it. */
struct text document_of_fact(struct app *app, struct arena *arena,
			     const struct placement *placement, const struct fact *fact,
			     const struct party *party);
/* Of a home's record, which both sides see whole. */
struct text document_of_home(struct app *app, struct arena *arena, struct uuid authority,
			     const struct home_record *record, const struct home_fact *fact);
/* name: as obligation_reminder gives it. */
struct text document_of_reminder(struct app *app, struct arena *arena,
				 const struct placement *placement, const struct obligation *o,
				 struct text name, const struct party *party, int64_t at_us);

#endif
