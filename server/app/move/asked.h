/* asked.h - a move as its mover wrote it. */
#ifndef CONCORDAT_SERVER_APP_ASKED_H
#define CONCORDAT_SERVER_APP_ASKED_H

#include "concordat/app/app.h"

/* Fills move, thread and data from the call's body; false and errors when it does not fit, and data
 * is then as it was. */
bool asked_move(struct call *call, struct request *request, struct json_errors *errors)
	__attribute__((warn_unused_result));
/* The same for a body that opens a placement. */
bool asked_opening(struct call *call, struct request *request, struct json_errors *errors)
	__attribute__((warn_unused_result));

/* "move", and every member of the table, to let pass; NULL-terminated. */
const char *const *members_of(struct arena *arena, const struct schema *schema);

#endif
