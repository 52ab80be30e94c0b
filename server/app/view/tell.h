/* tell.h - receipts and problems of a move; each tell_ ends the call. */
#ifndef CONCORDAT_SERVER_APP_TELL_H
#define CONCORDAT_SERVER_APP_TELL_H

#include "concordat/app/parts.h"

/* A receipt's own entries, "[7,8]": from first_seq to last_seq in the party's own numbers. */
struct text receipt_entries(struct arena *arena, const struct placement *placement,
			    const struct party *party, int32_t first_seq, int32_t last_seq);
/* 201 with a location when the move opened the placement, else 200. */
void tell_receipt(struct call *call, struct uuid placement, struct text reference, enum move move,
		  struct text entries, const struct receipt_row *row);
/* What a call about a placement is judged by; each problem told meanwhile says its version and the
 * legal next moves. */
struct standing {
	const struct world *world;
	const struct placement *placement;
	const struct actor *actor;
	const struct party *party;
};
/* For call->describe, with call->described a struct standing. */
void tell_standing(struct call *call, struct problem *problem);
/* 428 or 412. */
void tell_version(struct call *call);
/* One member that does not fit; detail goes on from its name: "is required." */
void field_error(struct arena *arena, struct json_errors *errors, const char *pointer,
		 const char *detail);
/* 400 for that one. */
void tell_field(struct call *call, const char *pointer, const char *detail);
/* 503: the placement cannot be folded, or its texts not sealed. */
void tell_unreadable(struct call *call);

/* A refusal, with the version and the allowed moves after what time did. Holds nothing of the
 * placement, so that it can be told after the append. */
const struct problem *refusal_problem(struct arena *arena, const struct world *world,
				      const struct decision *decision, const struct actor *actor,
				      int64_t now_us);

#endif
