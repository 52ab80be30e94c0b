/*
 * apply_homes.c - folds what a home's record has brought to the placement: its scores and its flag.
 */
#include "apply_parts.h"

static void apply_quality(struct placement *p, const struct fact *fact)
{
	const struct apply_quality *data = fact->data;

	for (size_t i = 0; i < p->quality_count; i++)
		if (uuid_eq(p->qualities[i].data->home, data->home) &&
		    p->qualities[i].data->home_entry == data->corrects)
			p->qualities[i].replaced = true;
	*LIST_ADD(p->arena, p->qualities, p->quality_count) =
		(struct quality){.entry = fact->seq, .data = data};
}

bool apply_followed(struct placement *p, const struct fact *fact)
{
	if (fact->kind == FACT_QUALITY_APPLIED)
		apply_quality(p, fact);
	else
		p->flag = fact->data;
	return true;
}
