/*
 * telling.h - a placement with its parties, facts of every kind, and what a party is told of one:
 * for the tests of messages.
 */
#ifndef CONCORDAT_TESTS_UNIT_JOBS_TELLING_H
#define CONCORDAT_TESTS_UNIT_JOBS_TELLING_H

#include <string.h>

#include "jobs/message.h"

#define PERSONAL "Zebedee-Personal"
#define SOME_DAY 20556 /* 13 April 2026 */
#define SOME_INSTANT ((int64_t)SOME_DAY * US_PER_DAY + 9 * US_PER_HOUR)

static const struct uuid commissioner = {{1}}, provider = {{2}}, rival = {{3}},
			 mediation_body = {{4}};

struct fixture {
	struct arena *arena;
	struct placement *placement;
	struct open_placement opening;
	struct thread threads[2];
	struct party parties[4];
};

static void put_personal(void *context, struct text path, struct personal *personal)
{
	(void)context;
	(void)path;
	personal->text = TEXT(PERSONAL);
}

static int set_up(void **state)
{
	struct arena *arena = arena_new();
	struct fixture *f = arena_make(arena, struct fixture);

	f->arena = arena;
	f->placement = placement_new(arena, commissioner, (struct uuid){{9}});
	schema_clear(move_schema(MOVE_OPEN_PLACEMENT), &f->opening);
	f->opening.reference = reference_make(arena, "PL", 1000047);
	f->opening.person_name.text = TEXT(PERSONAL);
	f->opening.person_initials.text = TEXT(PERSONAL);
	f->placement->opening = &f->opening;
	f->threads[0] = (struct thread){.number = 1, .round = 1, .provider = provider};
	f->threads[1] = (struct thread){.number = 2, .round = 1, .provider = rival};
	f->placement->threads = f->threads;
	f->placement->thread_count = 2;
	f->parties[0] = (struct party){.organisation = commissioner, .side = SIDE_COMMISSIONER};
	f->parties[1] =
		(struct party){.organisation = provider, .side = SIDE_PROVIDER, .thread = 1};
	f->parties[2] = (struct party){.organisation = rival, .side = SIDE_PROVIDER, .thread = 2};
	f->placement->parties = f->parties;
	f->parties[3] =
		(struct party){.organisation = mediation_body, .side = SIDE_MEDIATOR, .thread = 1};
	f->placement->party_count = 4;
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	arena_free(((struct fixture *)*state)->arena);
	return 0;
}

/* A fact of that kind whose personal members all hold a text and whose sums are all 4321 pounds. */
static struct fact *fact_of(struct fixture *f, enum fact_kind kind)
{
	const struct schema *schema = move_schema((enum move)kind);
	struct fact *fact = arena_make(f->arena, struct fact);
	void *data = arena_alloc(f->arena, schema->size);

	schema_clear(schema, data);
	for (size_t i = 0; i < schema->count; i++) {
		const struct field *field = &schema->fields[i];
		char *at = (char *)data + field->offset;

		if (field->kind == FIELD_PERSONAL)
			put_personal(NULL, TEXT_NONE, (struct personal *)(void *)at);
		if (field->kind == FIELD_MONEY)
			*(int64_t *)(void *)at = 432100;
		if (field->kind == FIELD_ENUM)
			*(int32_t *)(void *)at = 0;
		if (field->kind == FIELD_DAY)
			*(int32_t *)(void *)at = SOME_DAY;
		if (field->kind == FIELD_INSTANT)
			*(int64_t *)(void *)at = SOME_INSTANT;
	}
	fact->seq = 1;
	fact->kind = kind;
	fact->recorded_at_us = fact->occurred_at_us = SOME_INSTANT;
	fact->organisation = commissioner;
	fact->side = SIDE_COMMISSIONER;
	fact->on_behalf_of = NO_ENUM;
	fact->thread = 1;
	fact->data = data;
	if (fact_is_beside(kind))
		*(int64_t *)data = 1;
	if (kind == FACT_MISSED || kind == FACT_LAPSED) {
		struct not_done *not_done = data;

		not_done->duty = DUTY_RESPOND;
		not_done->owed_by = SIDE_PROVIDER;
		not_done->end_reason = NO_ENUM;
		fact->organisation = (struct uuid){{0}};
		fact->side = SIDE_TIME;
	}
	return fact;
}

#endif
