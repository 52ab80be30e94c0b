/*
 * calculate.c - guide prices one after another, in one process and on one thread.
 *
 *   calculate whole MODEL.json SETS.json SECONDS
 *   calculate figures MODEL.json SETS.json SECONDS
 *
 * whole is the answer as the service gives it: every line with its figures, its arithmetic in words
 * and its sources. figures is what a sheet works out, the lines and the three prices and no words;
 * it knows models that round to the pound. The first walk over the sets is not timed; each answer
 * after it must be the same as that one's. The result is a line of JSON with the prices of every
 * set, in pence.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "concordat/core/fields.h"
#include "concordat/wire/document.h"
#include "concordat/wire/json.h"
#include "core/cost_lines.h"

#define SETS_MOST 100000

struct set {
	struct list inputs; /* struct map_entry */
};

struct sets {
	struct list sets;
};

static const struct field set_fields[] = {
	MAP_F(set, inputs, REQ, 200, "a figure for every input of the model"),
};
static TABLE(set, struct set, "The inputs of one calculation");
static const struct field sets_fields[] = {
	LIST_F(sets, sets, REQ, 1, SETS_MOST, &set_schema, "one calculation each"),
};
static TABLE(sets, struct sets, "The inputs of many calculations");

struct prices {
	int64_t run_p[RUN_COUNT];
};

typedef void calculation(struct arena *arena, const struct cost_model *model,
			 const struct list *inputs, struct prices *prices);

static _Noreturn void give_up(const char *what, struct text why)
{
	fprintf(stderr, "calculate: %s: %.*s\n", what, TEXT_FMT(why));
	exit(1);
}

static void whole(struct arena *arena, const struct cost_model *model, const struct list *inputs,
		  struct prices *prices)
{
	struct guide guide;
	struct flaw flaw;

	if (!cost_model_run(arena, model, inputs, &guide, &flaw))
		give_up("a set is refused", flaw.sentence);
	*prices = (struct prices){{guide.low_p, guide.mid_p, guide.high_p}};
}

static void figures(struct arena *arena, const struct cost_model *model, const struct list *inputs,
		    struct prices *prices)
{
	const struct map_entry *entries = inputs->items;
	struct cost_work work;
	size_t line;

	cost_work_init(arena, &work, model);
	for (size_t i = 0; i < inputs->count; i++) {
		struct cost_slot slot = cost_find(model, entries[i].key, 0);

		for (int run = 0; run < RUN_COUNT; run++)
			work.inputs[run][slot.at] = entries[i].value_r;
	}
	if (cost_work_run(&work, &line) != TROUBLE_NONE)
		give_up("a set is refused at", cost_line_at(model, line)->label);
	for (int run = 0; run < RUN_COUNT; run++) {
		if (!ratio_round(work.price[run], 1, &prices->run_p[run]))
			give_up("a set is refused", TEXT("its price is too high"));
		prices->run_p[run] *= 100;
	}
}

static struct text file_text(struct arena *arena, const char *path)
{
	FILE *in = fopen(path, "r");
	struct writer w;
	char piece[4096];
	size_t size;

	if (!in)
		give_up(path, text_of(strerror(errno)));
	writer_init(&w, arena);
	while ((size = fread(piece, 1, sizeof(piece), in)) > 0)
		writer_put(&w, (struct text){piece, size});
	fclose(in);
	return writer_text(&w);
}

static const struct cost_model *read_model(struct arena *arena, const char *path)
{
	struct text why;
	const struct cost_model *model = cost_model_decode(arena, file_text(arena, path), &why);

	if (!model)
		give_up(path, why);
	return model;
}

/* figures asks no questions, so what it relies on is asked here: each input of the model, once. */
static struct list read_sets(struct arena *arena, const char *path, const struct cost_model *model)
{
	struct sets all;
	struct json_errors errors;

	if (!json_decode(arena, file_text(arena, path), &sets_schema, JSON_DOCUMENT, NULL, &all,
			 &errors))
		give_up(path, ((const struct json_error *)errors.items.items)->detail);
	for (size_t i = 0; i < all.sets.count; i++) {
		const struct list *inputs = &((const struct set *)all.sets.items)[i].inputs;
		const struct map_entry *entries = inputs->items;

		if (inputs->count != model->inputs.count)
			give_up(path, TEXT("A set leaves an input out, or has one too many."));
		for (size_t n = 0; n < inputs->count; n++)
			if (cost_find(model, entries[n].key, 0).kind != SLOT_INPUT)
				give_up(path, TEXT("A set has an input the model does not know."));
	}
	return all.sets;
}

static double seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void calculate(calculation *run, const struct cost_model *model, const struct set *set,
		      struct prices *prices)
{
	struct arena *arena = arena_new();

	run(arena, model, &set->inputs, prices);
	arena_free(arena);
}

static void print_result(const struct prices *prices, size_t count, uint64_t done, double seconds)
{
	printf("{\"calculations\":%llu,\"seconds\":%.6f,\"prices_p\":[", (unsigned long long)done,
	       seconds);
	for (size_t i = 0; i < count; i++)
		printf("%s[%lld,%lld,%lld]", i > 0 ? "," : "", (long long)prices[i].run_p[RUN_LOW],
		       (long long)prices[i].run_p[RUN_MID], (long long)prices[i].run_p[RUN_HIGH]);
	printf("]}\n");
}

int main(int argc, char **argv)
{
	bool words = argc == 5 && strcmp(argv[1], "whole") == 0;
	calculation *run = words ? whole : figures;
	struct arena *arena = arena_new();
	const struct cost_model *model;
	struct prices *first;
	struct list list;
	double began, now, seconds;
	uint64_t done = 0;

	if (argc != 5 || (!words && strcmp(argv[1], "figures") != 0))
		give_up("use", TEXT("calculate whole|figures MODEL.json SETS.json SECONDS"));
	model = read_model(arena, argv[2]);
	if (!words && model->rounding != COST_POUND_NEAREST)
		give_up(argv[2], TEXT("figures rounds to the nearest pound only."));
	list = read_sets(arena, argv[3], model);
	seconds = strtod(argv[4], NULL);
	first = arena_array(arena, struct prices, list.count);
	for (size_t i = 0; i < list.count; i++)
		calculate(run, model, (const struct set *)list.items + i, &first[i]);
	began = seconds_now();
	do {
		size_t at = done++ % list.count;
		struct prices again;

		calculate(run, model, (const struct set *)list.items + at, &again);
		if (memcmp(&again, &first[at], sizeof(again)) != 0)
			give_up("a set", TEXT("has two prices"));
		now = seconds_now();
	} while (now < began + seconds);
	print_result(first, list.count, done, now - began);
	arena_free(arena);
	return 0;
}
