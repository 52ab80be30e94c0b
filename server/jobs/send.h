/*
 * send.h - one e-mail over one connection, to its end. Blocks: for a thread of its own.
 */
#ifndef CONCORDAT_SERVER_JOBS_SEND_H
#define CONCORDAT_SERVER_JOBS_SEND_H

#include <stdatomic.h>

#include "concordat/base/config.h"

#define ANSWER_MOST 500

enum sent {
	SENT_TAKEN,   /* 250 to the whole message */
	SENT_REFUSED, /* 5xx to the message: never again */
	SENT_LATER    /* anything else, also a connection lost after the last dot */
};

struct sending {
	const struct config *config; /* smtp_* and lease_ms */
	const char *to;
	struct text bytes; /* from mail_write */
	int64_t timeout_ms;
	_Atomic bool cut; /* set from outside: give up within about a second */

	enum sent sent;
	bool all_given;		  /* the mail server may have taken it, whatever it said */
	char answer[ANSWER_MOST]; /* one line: the server's, or what went wrong */
	size_t answer_len;

	size_t given; /* its own */
};

/* Once in the process, before the first and after the last. */
bool sending_begin(void) __attribute__((warn_unused_result));
void sending_end(void);

void sending_run(struct sending *sending);
/* Printable ASCII of the first line, cut to size. */
void sending_answer(struct sending *sending, const char *line, size_t size);

#endif
