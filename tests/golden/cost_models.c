/*
 * cost_models.c - the cases in tests/golden/cost-models over models as documents.
 *
 * The cases are text, so that they can be read, and added to, without C; README.md beside them says
 * how they are written. Also shown here: every shipped model is sound, and a model passes through
 * JSON and back unchanged. Run from the top of the tree.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <glob.h>

#include "concordat/core/cost_model.h"
#include "concordat/core/money.h"
#include "wire/stored.h"

struct golden {
	const char *path;
	int line; /* of the file, for messages */
	const struct cost_model *model;
	struct map_entry *inputs;
	size_t input_count;
	bool played;
	bool taken;
	struct guide guide;
	struct flaw fault;
};

static struct arena *arena;
static int checked; /* figures compared */

static struct text file_text(const char *path)
{
	FILE *in = fopen(path, "r");
	struct writer w;
	int c;

	if (!in)
		fail_msg("%s cannot be opened. Run from the top of the tree.", path);
	writer_init(&w, arena);
	while ((c = fgetc(in)) != EOF)
		writer_char(&w, (char)c);
	fclose(in);
	return writer_text(&w);
}

static struct cost_model *decode(const char *path, struct text json)
{
	struct cost_model *model = arena_make(arena, struct cost_model);
	struct json_errors errors;
	const struct json_error *first;

	if (!json_decode(arena, json, &cost_model_schema, JSON_DOCUMENT, NULL, model, &errors)) {
		first = errors.items.items;
		fail_msg("%s%.*s: %.*s", path, TEXT_FMT(first->pointer), TEXT_FMT(first->detail));
	}
	return model;
}

static struct cost_model *load(const char *path)
{
	struct cost_model *model = decode(path, file_text(path));
	struct flaw fault;

	if (!cost_model_check(arena, model, &fault))
		fail_msg("%s%.*s: %.*s", path, TEXT_FMT(fault.pointer), TEXT_FMT(fault.sentence));
	return model;
}

/* The next word; *rest moves behind it. */
static struct text word(struct text *rest)
{
	struct text out;

	while (rest->len > 0 && strchr(" \t\r\n", rest->at[0])) {
		rest->at++;
		rest->len--;
	}
	out = (struct text){rest->at, 0};
	while (rest->len > 0 && !strchr(" \t\r\n", rest->at[0])) {
		rest->at++;
		rest->len--;
		out.len++;
	}
	return out;
}

static void play(struct golden *golden)
{
	struct list inputs = {golden->inputs, golden->input_count};

	if (golden->played)
		return;
	if (!golden->model)
		fail_msg("%s:%d: no model is named before this", golden->path, golden->line);
	golden->taken =
		cost_model_run(arena, golden->model, &inputs, &golden->guide, &golden->fault);
	golden->played = true;
}

static void expect_figure(const struct golden *golden, const char *run, struct text expected,
			  int64_t found_p)
{
	struct text found = found_p == NO_INT ? TEXT("-") : money_text(arena, found_p, false);

	if (!text_eq(expected, found))
		fail_msg("%s:%d: %s is %.*s, expected %.*s", golden->path, golden->line, run,
			 TEXT_FMT(found), TEXT_FMT(expected));
	checked++;
}

/* Three figures, or one that stands for all three. */
static void expect_range(struct golden *golden, struct text rest, int64_t low_p, int64_t mid_p,
			 int64_t high_p)
{
	struct text low = word(&rest), mid = word(&rest), high = word(&rest);

	if (!golden->taken)
		fail_msg("%s:%d: refused %.*s: %.*s", golden->path, golden->line,
			 TEXT_FMT(golden->fault.pointer), TEXT_FMT(golden->fault.sentence));
	expect_figure(golden, "low", low, low_p);
	expect_figure(golden, "mid", mid.len > 0 ? mid : low, mid_p);
	expect_figure(golden, "high", mid.len > 0 ? high : low, high_p);
}

static int64_t penny(int64_t figure_r)
{
	return (int64_t)divide_round(figure_r, 100);
}

static const struct guide_line *find_line(const struct golden *golden, struct text key)
{
	const struct guide_line *lines = golden->guide.lines.items;

	for (size_t i = 0; i < golden->guide.lines.count; i++)
		if (text_eq(lines[i].key, key))
			return &lines[i];
	fail_msg("%s:%d: no line %.*s", golden->path, golden->line, TEXT_FMT(key));
	return NULL;
}

/* near KEY RUN PUBLISHED WITHIN; the key may be price. */
static void expect_near(struct golden *golden, struct text rest)
{
	struct text key = word(&rest), run = word(&rest);
	struct text published = word(&rest), within = word(&rest);
	size_t at = text_is(run, "low") ? 0 : text_is(run, "mid") ? 1 : 2;
	int64_t figures[3] = {golden->guide.low_p, golden->guide.mid_p, golden->guide.high_p};
	int64_t published_p, within_p;

	if (!golden->taken)
		fail_msg("%s:%d: refused %.*s: %.*s", golden->path, golden->line,
			 TEXT_FMT(golden->fault.pointer), TEXT_FMT(golden->fault.sentence));
	if ((at == 2 && !text_is(run, "high")) || !money_parse(published, &published_p) ||
	    !money_parse(within, &within_p))
		fail_msg("%s:%d: near takes a key, a run and two figures", golden->path,
			 golden->line);
	if (!text_is(key, "price")) {
		const struct guide_line *line = find_line(golden, key);

		figures[0] = penny(line->low_r);
		figures[1] = penny(line->mid_r);
		figures[2] = penny(line->high_r);
	}
	if (llabs(figures[at] - published_p) > within_p)
		fail_msg("%s:%d: %.*s is %.*s", golden->path, golden->line, TEXT_FMT(key),
			 TEXT_FMT(money_text(arena, figures[at], false)));
	checked++;
}

static void add_input(struct golden *golden, struct text key, struct text value)
{
	struct map_entry *entry = LIST_ADD(arena, golden->inputs, golden->input_count);

	entry->key = key;
	if (!rate_parse(value, &entry->value_r))
		fail_msg("%s:%d: no figure: %.*s", golden->path, golden->line, TEXT_FMT(value));
}

static void one_line(struct golden *golden, struct text rest)
{
	struct text what = word(&rest);
	const struct guide_line *line;

	if (what.len == 0 || what.at[0] == '#')
		return;
	if (text_is(what, "case")) {
		*golden = (struct golden){.path = golden->path, .line = golden->line};
	} else if (text_is(what, "model")) {
		golden->model = load(text_cstr(arena, word(&rest)));
	} else if (text_is(what, "input")) {
		what = word(&rest);
		add_input(golden, what, word(&rest));
	} else if (text_is(what, "price")) {
		play(golden);
		expect_range(golden, rest, golden->guide.low_p, golden->guide.mid_p,
			     golden->guide.high_p);
	} else if (text_is(what, "weekly")) {
		play(golden);
		expect_range(golden, rest, golden->guide.weekly_low_p, golden->guide.weekly_mid_p,
			     golden->guide.weekly_high_p);
	} else if (text_is(what, "line")) {
		play(golden);
		line = find_line(golden, word(&rest));
		expect_range(golden, rest, penny(line->low_r), penny(line->mid_r),
			     penny(line->high_r));
	} else if (text_is(what, "near")) {
		play(golden);
		expect_near(golden, rest);
	} else if (text_is(what, "refused")) {
		play(golden);
		assert_false(golden->taken);
		assert_string_equal(text_cstr(arena, golden->fault.pointer),
				    text_cstr(arena, word(&rest)));
		assert_true(golden->fault.sentence.len > 0);
		checked++;
	} else {
		fail_msg("%s:%d: what is %.*s?", golden->path, golden->line, TEXT_FMT(what));
	}
}

static void each_file(const char *pattern, void (*on_file)(const char *path))
{
	glob_t found;

	assert_int_equal(glob(pattern, 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++)
		on_file(found.gl_pathv[i]);
	globfree(&found);
}

static void play_file(const char *path)
{
	struct golden golden = {.path = path};
	struct text rest = file_text(path);

	while (rest.len > 0) {
		const char *end = memchr(rest.at, '\n', rest.len);
		size_t len = end ? (size_t)(end - rest.at) : rest.len;

		golden.line++;
		one_line(&golden, (struct text){rest.at, len});
		rest.at += len + (end ? 1 : 0);
		rest.len -= len + (end ? 1 : 0);
	}
}

static void every_golden_case_is_as_written(void **state)
{
	(void)state;
	each_file("tests/golden/cost-models/*.txt", play_file);
	assert_true(checked > 100);
}

static struct text written(const struct schema *schema, const void *data)
{
	struct writer w;

	writer_init(&w, arena);
	schema_write(&w, schema, data, AUDIENCE_FACT);
	return writer_text(&w);
}

static void there_and_back(const char *path)
{
	struct text first = written(&cost_model_schema, load(path));
	struct text again = written(&cost_model_schema, decode(path, first));

	assert_string_equal(first.at, again.at);
}

static void shipped_models_are_sound_and_pass_through_json_unchanged(void **state)
{
	(void)state;
	each_file("reference/cost-models/*.json", there_and_back);
}

/* The file is named by id and version, so that a version is found and never written over. */
static void named_by_id_and_version(const char *path)
{
	const struct cost_model *model = load(path);
	struct text name = text_printf(arena, "reference/cost-models/%.*s-%.*s.json",
				       TEXT_FMT(model->id), TEXT_FMT(model->version));

	assert_string_equal(name.at, path);
}

static void shipped_models_are_named_by_id_and_version(void **state)
{
	(void)state;
	each_file("reference/cost-models/*.json", named_by_id_and_version);
}

/* Only a model that says it is illustrative may hold figures of our own. */
static void illustrative_is_said(const char *path)
{
	const struct cost_model *model = load(path);
	struct text json = file_text(path);
	bool own = memmem(json.at, json.len, "\"Illustrative: our own", 22) != NULL;

	assert_true(own == model->illustrative);
}

static void a_model_with_figures_of_our_own_says_it_is_illustrative(void **state)
{
	(void)state;
	each_file("reference/cost-models/*.json", illustrative_is_said);
}

static void guide_fits_its_own_schema(const char *path)
{
	const struct cost_model *model = load(path);
	struct list none = {NULL, 0};
	struct flaw fault;
	struct json_errors errors;
	struct guide guide, again;
	struct text first;

	assert_true(cost_model_run(arena, model, &none, &guide, &fault));
	first = written(&guide_schema, &guide);
	if (!stored_decode(arena, first, &guide_schema, &again, &errors))
		fail_msg("%s: %.*s", path,
			 TEXT_FMT(((struct json_error *)errors.items.items)->pointer));
	assert_string_equal(written(&guide_schema, &again).at, first.at);
}

static void guides_of_shipped_models_pass_through_json_unchanged(void **state)
{
	(void)state;
	each_file("reference/cost-models/*.json", guide_fits_its_own_schema);
}

static int set_up(void **state)
{
	(void)state;
	arena = arena_new();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_golden_case_is_as_written),
		TEST(shipped_models_are_sound_and_pass_through_json_unchanged),
		TEST(shipped_models_are_named_by_id_and_version),
		TEST(a_model_with_figures_of_our_own_says_it_is_illustrative),
		TEST(guides_of_shipped_models_pass_through_json_unchanged),
	};

	return cmocka_run_group_tests_name("cost_models", tests, NULL, NULL);
}
