/* keyed.h - what is made once, however often it is asked for under the same Idempotency-Key. */
#ifndef CONCORDAT_SERVER_APP_KEYED_H
#define CONCORDAT_SERVER_APP_KEYED_H

#include "call/call.h"

/* A statement that takes the call's idempotency key as its last three parameters: the user, the key
 * and the digest of the request. Its answer begins with what was made or used, whether the request
 * was the same as the key's first, and whether what it rests on is there. */
enum keyed_column { KEYED_ID, KEYED_SAME, KEYED_THERE, KEYED_OWN };
#define KEYED_PARAMS_MOST 18
struct keyed {
	struct call *call;
	const char *sql;
	struct param params[KEYED_PARAMS_MOST];
	size_t param_count;
	int rounds;
	bool repeated;	    /* the request had come before, and been done */
	struct text secret; /* what is told once: TEXT_NONE to a repeat */
	void *context;	    /* the caller's own */
	void (*on_done)(struct keyed *keyed, const struct rows *rows);
	void (*on_missing)(struct keyed *keyed, const struct rows *rows); /* NULL: 404 */
};
struct keyed *keyed_new(struct call *call, const char *sql, void *context);
/* params holds count of its own. Ends in on_done when what was asked for stands, in on_missing when
 * what it rests on is not there, or in a problem. route: method and path, where {id} is the call's.
 */
void keyed_run(struct keyed *keyed, size_t count, const char *route);
/* Once more with params as they now are, from on_missing. */
void keyed_again(struct keyed *keyed);

#endif
