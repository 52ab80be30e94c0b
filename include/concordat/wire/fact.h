/* fact.h - a stored fact's bytes to a struct fact. */
#ifndef CONCORDAT_WIRE_FACT_H
#define CONCORDAT_WIRE_FACT_H

#include "concordat/core/erasure.h"
#include "concordat/core/home.h"

/* Decodes a stored body (canonical JSON as fact_body writes it). seq, recorded_at_us and the leaf
 * hash come with the row. NULL and *why when it is of an unknown kind or does not fit its tables:
 * the placement is then not served. */
struct fact *fact_decode(struct arena *arena, int32_t seq, int64_t recorded_at_us,
			 const struct digest *leaf_hash, struct text body, struct text *why)
	__attribute__((warn_unused_result));

/* The same of a home's record. */
struct home_fact *home_fact_decode(struct arena *arena, int32_t seq, int64_t recorded_at_us,
				   const struct digest *leaf_hash, struct text body,
				   struct text *why) __attribute__((warn_unused_result));

/* And of a person's own. */
struct person_fact *person_fact_decode(struct arena *arena, int32_t seq, int64_t recorded_at_us,
				       const struct digest *leaf_hash, struct text body,
				       struct text *why) __attribute__((warn_unused_result));

#endif
