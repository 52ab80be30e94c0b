/*
 * compare_changes.h - which figures differ between two calculations, and which lines they reach.
 */
#ifndef CONCORDAT_CORE_COMPARE_CHANGES_H
#define CONCORDAT_CORE_COMPARE_CHANGES_H

#include "concordat/core/compare.h"

/* One calculation as a comparison holds it. */
struct compared {
	const struct cost_model *model;
	const struct list *inputs; /* struct map_entry */
	struct guide guide;
};

/* The figure an input has in the mid run of the calculation, and in the others. */
struct figures {
	int64_t low_r, mid_r, high_r;
};

/* What was given of the key, or NULL. */
const struct map_entry *compare_given(const struct list *inputs, struct text key);
/* The other model's input or assumption of the same key and unit, or NULL. */
const struct cost_input *compare_same_input(const struct cost_model *model,
					    const struct cost_input *input);
const struct cost_assumption *compare_same_assumption(const struct cost_model *model,
						      const struct cost_assumption *assumption);

/* Fills inputs and rates of the comparison. moved: the earlier calculation with what the later one
 * was given; its guide is not looked at. */
void compare_figures(struct arena *arena, const struct compared *before,
		     const struct compared *moved, const struct compared *after,
		     struct comparison *out);
/* Fills lines, from the guides and from inputs and rates. */
void compare_lines(struct arena *arena, const struct compared *before, const struct compared *after,
		   struct comparison *out);

#endif
