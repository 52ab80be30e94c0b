/*
 * fuzz_cost_model.c - a cost model's document: refused with a reason, or one that gives a price.
 *
 * A model that is taken must read back as itself, and a calculation by it must be a guide or a
 * refusal, the same one each time, whatever is given: defaults alone, the least, the most, and the
 * figures that the bytes behind a NUL choose, one byte an input (0 leaves it out). Where nothing is
 * required the defaults alone must be a guide.
 */
#include <stdlib.h>
#include <string.h>

#include "concordat/core/cost_model.h"
#include "concordat/wire/document.h"
#include "concordat/wire/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum given { GIVEN_DEFAULTS, GIVEN_LEAST, GIVEN_MOST, GIVEN_CHOSEN, GIVEN_COUNT };

static struct arena *arena;

static void check(bool held)
{
	if (!held)
		abort();
}

static struct text written(const struct schema *schema, const void *data)
{
	struct writer w;

	writer_init(&w, arena);
	schema_write(&w, schema, data, AUDIENCE_COMMISSIONER);
	return writer_text(&w);
}

static void check_fault(const struct flaw *fault)
{
	check(fault->sentence.len > 0 && text_is_utf8(fault->sentence));
	check(fault->pointer.len == 0 || fault->pointer.at[0] == '/');
	check(text_is_utf8(fault->pointer));
}

static void check_written(const struct cost_model *model)
{
	struct text once = written(&cost_model_schema, model), why = TEXT_NONE;
	const struct cost_model *again = cost_model_decode(arena, once, &why);

	check(again && text_eq(written(&cost_model_schema, again), once));
}

/* A figure from least to most, on a step where there are steps; false: it is left out. */
static bool figure(const struct cost_input *input, enum given given, uint8_t chosen, int64_t *out)
{
	int64_t span = input->most_r - input->least_r;
	bool needed = input->required || given == GIVEN_LEAST || given == GIVEN_MOST;

	*out = given == GIVEN_MOST ? input->most_r : input->least_r;
	if (given != GIVEN_CHOSEN)
		return needed;
	*out = input->least_r + span / 255 * chosen;
	if (input->step_r != NO_INT && input->step_r > 0)
		*out -= (*out - input->least_r) % input->step_r;
	return chosen > 0;
}

static struct list inputs_of(const struct cost_model *model, enum given given, struct text chosen)
{
	const struct cost_input *inputs = model->inputs.items;
	struct map_entry *entries = arena_array(arena, struct map_entry, model->inputs.count);
	struct list list = {entries, 0};

	for (size_t i = 0; i < model->inputs.count; i++) {
		uint8_t byte = i < chosen.len ? (uint8_t)chosen.at[i] : 0;

		entries[list.count].key = inputs[i].key;
		list.count += figure(&inputs[i], given, byte, &entries[list.count].value_r);
	}
	return list;
}

static bool asks_for_some(const struct cost_model *model)
{
	const struct cost_input *inputs = model->inputs.items;
	bool some = false;

	for (size_t i = 0; i < model->inputs.count; i++)
		some = some || inputs[i].required;
	return some;
}

static void check_run(const struct cost_model *model, enum given given, const struct list *inputs)
{
	struct guide guide, again;
	struct flaw fault = {TEXT_NONE, TEXT_NONE}, other = fault;
	struct json_errors errors = {0};
	struct text once;

	if (!cost_model_run(arena, model, inputs, &guide, &fault)) {
		check(given != GIVEN_DEFAULTS || asks_for_some(model));
		check_fault(&fault);
		check(!cost_model_run(arena, model, inputs, &again, &other));
		check(text_eq(fault.sentence, other.sentence));
		return;
	}
	once = written(&guide_schema, &guide);
	check(cost_model_run(arena, model, inputs, &again, &other));
	check(text_eq(once, written(&guide_schema, &again)));
	(void)json_member(arena, once, "model", &errors);
	check(errors.items.count == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nul = size ? memchr(data, 0, size) : NULL;
	size_t length = nul ? (size_t)(nul - data) : size;
	struct text json = {(const char *)data, length}, why = TEXT_NONE;
	struct text chosen = {(const char *)data + length, size - length};
	const struct cost_model *model;
	struct list inputs;

	arena = arena_new();
	model = cost_model_decode(arena, json, &why);
	if (model) {
		check_written(model);
		for (int given = 0; given < GIVEN_COUNT; given++) {
			inputs = inputs_of(model, (enum given)given, chosen);
			check_run(model, (enum given)given, &inputs);
		}
	} else {
		check(why.len > 0 && text_is_utf8(why));
	}
	arena_free(arena);
	return 0;
}
