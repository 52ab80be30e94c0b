/*
 * relay.h - one try at an e-mail: over one connection after another, until a relay has decided.
 */
#ifndef CONCORDAT_SERVER_JOBS_RELAY_H
#define CONCORDAT_SERVER_JOBS_RELAY_H

#include "channel.h"

/* What was said last. */
enum relay_stage { RELAY_GREETING, RELAY_SENDER, RELAY_RECIPIENT, RELAY_MESSAGE };

/* What an answer says of the recipient's address, whatever becomes of the message. */
enum address_news {
	ADDRESS_UNKNOWN, /* nothing: it is about us, or about the message */
	ADDRESS_TAKES,
	ADDRESS_TEMPORARY, /* not now: full, greylisted, held up */
	ADDRESS_PERMANENT  /* there is no such mailbox */
};

struct sending {
	struct attempt *attempt;
	const char *to;
	struct text bytes; /* from mail_write */

	enum address_news news;

	size_t given; /* its own */
	enum relay_stage stage;
	int fd; /* the newest connection's; -1: there is none */
};

/* In the thread; leaves attempt's end and answer, and the news. */
void relay_send(struct sending *sending);

#endif
