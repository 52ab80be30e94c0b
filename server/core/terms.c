/*
 * terms.c - what one side puts: totals and the digest that both sides name.
 */
#include "concordat/core/money.h"
#include "concordat/core/placement.h"

#define R_PER_UNIT 10000 /* ten-thousandths in one */
#define R_PER_PENNY 100

int64_t terms_total(struct terms *terms)
{
	struct fee_line *lines = terms->lines.items;
	int64_t total = 0;

	for (size_t i = 0; i < terms->lines.count; i++) {
		__int128 product = (__int128)lines[i].quantity_r * lines[i].rate_r;

		lines[i].weekly_p =
			(int64_t)divide_round(product, (__int128)R_PER_UNIT * R_PER_PENNY);
		total += lines[i].weekly_p;
	}
	terms->weekly_p = total;
	return total;
}

struct digest terms_digest(struct arena *arena, const struct terms *terms)
{
	struct writer w;

	writer_init(&w, arena);
	schema_write(&w, &terms_schema, terms, AUDIENCE_FACT);
	return sha256(writer_text(&w), TEXT_NONE, TEXT_NONE);
}
