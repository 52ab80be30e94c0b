/* effects.h - the parameters of the statement `append`: what some moves change, as arrays. */
#ifndef STORE_EFFECTS_H
#define STORE_EFFECTS_H

#include "concordat/store/store.h"

#define EFFECT_COLUMNS 75

/* params: EFFECT_COLUMNS of them. The i-th move is number i + 1 in the statement. */
void effects_write(struct arena *arena, const struct append *const *moves, size_t count,
		   struct param *params);

/* About how many bytes a move adds. */
size_t effects_size(const struct append *move);

#endif
