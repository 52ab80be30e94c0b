/* message_parts.h - what the files that write a message share: message.c calls the other. */
#ifndef CONCORDAT_SERVER_JOBS_MESSAGE_PARTS_H
#define CONCORDAT_SERVER_JOBS_MESSAGE_PARTS_H

#include "message_form.h"

#include "concordat/core/placement.h"

/* Who reads, of which placement, and where it is written to. */
struct reader {
	struct arena *arena;
	struct form *form;
	struct writer *w; /* of the form's present part */
	const struct placement *placement;
	const struct party *party;
};

/* message_detail.c: what the kind's own data adds, dates and numbers only. */
void message_detail(const struct reader *r, const struct fact *fact);

#endif
