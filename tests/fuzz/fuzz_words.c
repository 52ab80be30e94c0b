/*
 * fuzz_words.c - the small parsers: instants, days, rules, money, rates, ids, references.
 *
 * Whatever one takes, it must write again and take again as the same value.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "concordat/base/id.h"
#include "concordat/core/calendar.h"
#include "concordat/core/money.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_times(struct arena *arena, struct text t)
{
	struct rule rule, rule_again;
	int64_t at, at_again;
	int32_t day, day_again;

	if (instant_parse(t, &at)) {
		assert(instant_parse(instant_text(arena, at), &at_again) && at == at_again);
		(void)instant_words(arena, at);
	}
	if (day_parse(t, &day)) {
		assert(day_parse(day_text(arena, day), &day_again) && day == day_again);
		assert(day_of(civil_of(day).year, civil_of(day).month, civil_of(day).day) == day);
	}
	if (rule_parse(t, &rule)) {
		assert(rule_is_sound(rule));
		assert(rule_parse(rule_text(arena, rule), &rule_again));
		assert(rule.unit == rule_again.unit && rule.count == rule_again.count &&
		       rule.roll == rule_again.roll);
	}
}

static void try_amounts(struct arena *arena, struct text t)
{
	int64_t n, again;
	struct uuid id, id_again;

	if (money_parse(t, &n))
		(void)money_text(arena, n, true);
	if (rate_parse(t, &n))
		assert(rate_parse(rate_text(arena, n), &again) && n == again);
	if (uuid_parse(t, &id))
		assert(uuid_parse(uuid_text(arena, id), &id_again) && uuid_eq(id, id_again));
	(void)reference_is_sound(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct text t = {(const char *)data, size};

	try_times(arena, t);
	try_amounts(arena, t);
	arena_free(arena);
	return 0;
}
