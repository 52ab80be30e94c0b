/*
 * uplift.h - what the files of the uplift command share: a fee, what the method makes of it, and
 * the two forms it is shown in.
 */
#ifndef CONCORDAT_CLI_UPLIFT_H
#define CONCORDAT_CLI_UPLIFT_H

#include "concordat/core/uplift.h"

struct worked_uplift {
	const struct terms *terms; /* complete, as they stand */
	const struct uplift *uplift;
	bool has_quality;
	struct quality_terms quality; /* the same terms' quality, of the new fee */
};

/* What one payer's part comes to a week; NO_INT when it has none. */
int64_t funding_pays(const struct list *funding, int32_t funder);

struct text uplift_page(struct arena *arena, const struct worked_uplift *worked);
struct text uplift_json(struct arena *arena, const struct worked_uplift *worked);

#endif
