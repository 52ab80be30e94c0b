/*
 * webhook_send.h - one message to a program: its request, and what the thread sees of the answer.
 */
#ifndef CONCORDAT_SERVER_JOBS_WEBHOOK_SEND_H
#define CONCORDAT_SERVER_JOBS_WEBHOOK_SEND_H

#include "channel.h"

#define WEBHOOK_HEADERS 6 /* the last: only where there is one */

struct webhook_sending {
	const char *url;
	const char *headers[WEBHOOK_HEADERS];
	struct text body;
	bool was_ill; /* it has failed lately, or asked for rest */

	/* The thread's. */
	struct attempt *attempt;
	bool is_tried;
	const char *kept_out; /* what an address was that is not connected to; NULL: none was */
	int64_t status;	      /* of the newest head */
	int64_t answered_us;  /* when the answer's head was whole; 0: it was not */
	size_t taken;	      /* bytes of the answer */
};

/* attempt->own is a struct webhook_sending. Blocks. */
void webhook_run(struct attempt *attempt);

#endif
