/* effect.h - a decision as the one append that records it. */
#ifndef CONCORDAT_SERVER_APP_EFFECT_H
#define CONCORDAT_SERVER_APP_EFFECT_H

#include "concordat/app/parts.h"

enum effect_outcome {
	EFFECT_MADE,
	EFFECT_ERASED, /* it holds text about a person whose key was destroyed */
	EFFECT_SEALED  /* the person's key cannot be unwrapped: tampered with, or another master key
			*/
};

/* before: what the decision was made on, with everything it rests on alive until this returns.
 * wrapped_key: the person's; not looked at without text about them. Fills all of *append but
 * from_time, new_person_key and the idempotency members; what it points to is in arena. */
enum effect_outcome effect_make(struct app *app, struct arena *arena, const struct world *world,
				const struct placement *before, const struct placement *after,
				const struct list *facts, struct text wrapped_key,
				struct append *append) __attribute__((warn_unused_result));

/* How a placement stood before an append: what else it decides which rows are written again. */
struct effect_before {
	int32_t seq;
	int64_t thread; /* that lists show with it; 0: none */
	bool mediated, represented;
};
struct effect_before effect_before(const struct placement *placement);
/* What actions due, parties and list columns become by the entries behind before, which after has
 * folded in: all of the append but facts, texts and what effect_make leaves out too. It follows
 * from the entries alone, so that whoever has them can tell what must be stored. */
void effect_views(struct arena *arena, const struct world *world,
		  const struct effect_before *before, const struct placement *after,
		  struct append *append);

/* The leaf of RFC 6962: SHA-256(0x00 || header). */
struct digest leaf_of(struct text header);

#endif
