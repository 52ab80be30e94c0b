/* webhooks.h - what is asked of a webhook, whatever is done with it. */
#ifndef CONCORDAT_SERVER_APP_WEBHOOKS_H
#define CONCORDAT_SERVER_APP_WEBHOOKS_H

#include "concordat/app/parts.h"

/* A manager or administrator, of any organisation: their own webhooks only are looked at. Else the
 * call has been answered. */
bool webhook_may_manage(struct call *call) __attribute__((warn_unused_result));
/* The one that the path names, likewise. */
bool webhook_of_path(struct call *call, struct uuid *webhook) __attribute__((warn_unused_result));

/* The body, which is empty or {}; else the call has been answered. */
bool webhook_says_nothing(struct call *call) __attribute__((warn_unused_result));

/* A statement that takes the call's idempotency key as its last three parameters. Its answer begins
 * with what was made or used, whether the request was the same as the key's first, and whether what
 * it rests on is there. */
enum keyed_column { KEYED_ID, KEYED_SAME, KEYED_THERE, KEYED_OWN };
#define KEYED_PARAMS_MOST 12
struct keyed {
	struct call *call;
	struct uuid id; /* of the webhook */
	struct digest digest;
	const char *sql;
	struct param params[KEYED_PARAMS_MOST];
	size_t param_count;
	int rounds;
	struct text secret; /* what is told once */
	void (*on_done)(struct keyed *keyed, const struct rows *rows, bool repeated);
	void (*on_missing)(struct call *call, const struct rows *rows);
};
/* params holds count of its own. Ends in on_done when what was asked for stands, in on_missing when
 * what it rests on is not there, or in a problem. line: method and path, without the id. */
void keyed_run(struct keyed *keyed, size_t count, const char *line);

#endif
