/*
 * model.h - what the files of the model commands share: a guide price that was worked out, and the
 * two forms it is shown in.
 */
#ifndef CONCORDAT_CLI_MODEL_H
#define CONCORDAT_CLI_MODEL_H

#include "concordat/core/cost_model.h"

#define GUIDE_NOTE "A guide price is a starting point and not a conclusion."

struct worked_guide {
	const struct cost_model *model;
	const struct guide *guide;
	int64_t hours_r; /* a week, of an hourly price; NO_INT: not given */
};

/* "from 1 January 2026", "from 1 February 2014 to 30 September 2014" */
struct text model_life(struct arena *arena, const struct cost_model *model);
/* "rounded to the pound" */
const char *model_rounding(const struct cost_model *model);
/* "a week", "an hour" */
const char *model_unit(const struct cost_model *model);

struct text guide_page(struct arena *arena, const struct worked_guide *worked); /* guide_page.c */
struct text guide_json(struct arena *arena, const struct worked_guide *worked); /* guide_json.c */

#endif
