/* model_load.h - loading a version of a cost model: what the command line and the API share. */
#ifndef CONCORDAT_SERVER_APP_MODEL_LOAD_H
#define CONCORDAT_SERVER_APP_MODEL_LOAD_H

#include "concordat/app/schemas.h"
#include "concordat/core/cost_model.h"
#include "concordat/store/store.h"

enum model_loaded {
	MODEL_NEW,
	MODEL_THERE,   /* the same, loaded before */
	MODEL_DIFFERS, /* this version is there and says something else */
	MODEL_OTHERS,  /* another organisation loaded the first version of this id */
	MODEL_AGAIN    /* somebody else was loading it in the same moment: ask again */
};

#define MODEL_LOAD_PARAMS 7
/* For SQL_ADMINISTER_LOAD_COST_MODEL. organisation: zero for the operator. */
void model_load_params(struct arena *arena, const struct cost_model *model, struct text json,
		       struct uuid organisation, struct param *params);
/* *differs: of MODEL_DIFFERS, where and how, in a sentence about what is "loaded" and "given". What
 * is not read (comment, $schema) may differ. */
enum model_loaded model_load_outcome(struct arena *arena, const struct cost_model *model,
				     const struct rows *rows, struct text *differs);

struct cost_model_row model_row(struct arena *arena, const struct cost_model *model);

#endif
