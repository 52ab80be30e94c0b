/* reference.h - one generation of reference data: an immutable snapshot of what was loaded. */
#ifndef CONCORDAT_SERVER_APP_REFERENCE_H
#define CONCORDAT_SERVER_APP_REFERENCE_H

#include "concordat/app/parts.h"

/* An authority's own, every version. */
struct own_calendars {
	struct uuid authority;
	struct calendars calendars;
};

struct generation {
	struct generation *older;
	struct arena *arena;
	struct digest rows; /* of everything it was made from */

	struct calendars calendars[DIVISION_COUNT];
	struct own_calendars *own; /* by authority */
	size_t own_count;
	const struct protocol **protocols;
	size_t protocol_count;
	const struct cost_model **cost_models; /* by id and version */
	size_t cost_model_count;
	const struct authority_settings **authorities; /* under the protocol each has adopted */
	size_t authority_count;
	const struct authority_settings **variants; /* made on demand: under another protocol */
	size_t variant_count;
};

#define REFERENCE_PART_AUTHORITY 5 /* of SQL_REFERENCE_ALL: an authority */
/* From rows of SQL_REFERENCE_ALL. What is unsound is left out, with an error line. */
struct generation *generation_build(struct app *app, const struct rows *rows);
/* Whether it was made from rows that say the same. */
bool generation_is_of(const struct generation *generation, const struct rows *rows);

const struct authority_settings *generation_authority(const struct generation *generation,
						      struct uuid authority);
/* The settings under another protocol, "standard/1"; NULL when that version is not there. */
const struct authority_settings *generation_under(struct generation *generation,
						  const struct authority_settings *adopted,
						  struct text protocol);
const struct cost_model *generation_cost_model(const struct generation *generation, struct text id,
					       struct text version);

#endif
