/* keyed.h - what is made once, however often it is asked for under the same Idempotency-Key. */
#ifndef CONCORDAT_SERVER_APP_KEYED_H
#define CONCORDAT_SERVER_APP_KEYED_H

#include "concordat/app/parts.h"

/* A statement that takes the call's idempotency key as its last three parameters. Its answer begins
 * with what was made or used, whether the request was the same as the key's first, and whether what
 * it rests on is there. */
enum keyed_column { KEYED_ID, KEYED_SAME, KEYED_THERE, KEYED_OWN };
#define KEYED_PARAMS_MOST 12
struct keyed {
	struct call *call;
	struct uuid id; /* of what it is about */
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
