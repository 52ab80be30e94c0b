/*
 * channel.h - one way that messages leave by: what the post office (post.c) asks of it.
 *
 * A dispatch is what goes out in one piece: one delivery, or several as one e-mail (a caseload that
 * came in, a day's digest). The post office claims it for a while with a term as its fence, gives
 * each try a thread of its own, records how it ended and when it is tried again. A channel knows
 * what the bytes are, how they are sent, and what the far side's answer means. The same id at every
 * try (Message-ID, webhook-id): what was taken without our seeing it may come twice, never is lost.
 */
#ifndef CONCORDAT_SERVER_JOBS_CHANNEL_H
#define CONCORDAT_SERVER_JOBS_CHANNEL_H

#include <stdatomic.h>

#include "internal.h"

#define ANSWER_MOST 500
/* Of what is not sent any more, whatever the channel. */
#define NOT_AFTER_DEATH                                                                  \
	"Not sent: the death was recorded before it went, and nothing more goes to who " \
	"represented the person"
#define NEVER_MS INT64_MAX

enum attempt_end {
	ATTEMPT_TAKEN,	 /* the far side has it */
	ATTEMPT_REFUSED, /* it never will: not tried again */
	ATTEMPT_LATER /* anything else, also when nobody knows: tried again while there is time */
};

/* What the claim's row begins with, whatever the channel. */
enum claim_column {
	CLAIM_ID,
	CLAIM_TERM,
	CLAIM_NUMBER,
	CLAIM_TARGET,
	CLAIM_RECIPIENT,
	CLAIM_TRACEPARENT,
	CLAIM_OWN
};

struct attempt {
	const struct config *config;
	struct arena *arena; /* the try's own; the thread's while it runs */
	struct uuid id;	     /* the dispatch's */
	struct uuid target, recipient;
	/* Of the request that made what it tells of, below this try as its parent; TEXT_NONE: none.
	 * A program is sent it; nothing of it is in an e-mail. */
	struct text traceparent;
	int64_t number; /* 1: the first try since its schedule began */
	void *own;	/* the channel's, from prepare */
	int64_t timeout_ms;
	_Atomic bool cut; /* set from outside: give up within about a second */

	/* What the thread leaves behind. */
	enum attempt_end end;
	bool all_given;		  /* the far side may have it, whatever it said */
	int64_t not_before_ms;	  /* it asked to be left alone so long (Retry-After); 0: no */
	int64_t status;		  /* its code; 0: none came */
	char answer[ANSWER_MOST]; /* one line: its own, or what went wrong */
	size_t answer_len;
};

/* Printable ASCII of the first line, cut to size. */
void attempt_answer(struct attempt *attempt, const char *line, size_t size);

struct message_channel {
	const char *name; /* as in delivery.channel */
	/* Its statement in the queries, over dispatch_claim: $1 how many, $2 for how many
	 * milliseconds, $3 how many at one target; its rows begin with claim_column. */
	const char *const *claim;
	/* On the loop. False: it cannot be sent as it is, and never will; *why is the answer kept.
	 */
	bool (*prepare)(struct jobs *jobs, struct attempt *attempt, const struct rows *rows,
			size_t row, const char **why);
	/* In the thread: blocks until the try is over. */
	void (*run)(struct attempt *attempt);
	/* On the loop, once the try's end is recorded: what follows for the target. May be NULL. */
	void (*recorded)(struct jobs *jobs, const struct attempt *attempt);
	/* Milliseconds to the try after `number` tries, without jitter; NEVER_MS: no more tries.
	 * By their number alone: no clock that is wrong for a while ends a message early. */
	int64_t (*retry_ms)(const struct config *config, int64_t number);
};

extern const struct message_channel mail_channel;    /* send.c */
extern const struct message_channel webhook_channel; /* webhook_send.c */

#endif
