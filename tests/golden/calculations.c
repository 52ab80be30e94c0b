/*
 * calculations.c - stored calculations come out the same when they are run again.
 *
 * The bodies in tests/golden/calculations were written by a ledger; README.md beside them says how
 * to add some. Run from the top of the tree.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <glob.h>

#include "concordat/core/compare.h"
#include "concordat/wire/document.h"
#include "concordat/wire/fact.h"

static struct arena *arena;
static int replayed;

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

static const struct cost_model *model_of(const struct calculate *stored)
{
	struct text path = text_printf(arena, "reference/cost-models/%.*s-%.*s.json",
				       TEXT_FMT(stored->model), TEXT_FMT(stored->version));
	struct text why = TEXT_NONE;
	struct cost_model *model =
		cost_model_decode(arena, file_text(text_cstr(arena, path)), &why);

	if (!model)
		fail_msg("%.*s: %.*s", TEXT_FMT(path), TEXT_FMT(why));
	return model;
}

static const struct calculate *stored_of(struct text body, const char *path, int line)
{
	struct digest none = {{0}};
	struct text why = TEXT_NONE;
	struct fact *fact = fact_decode(arena, 1, 1, &none, body, &why);

	if (!fact)
		fail_msg("%s:%d: %.*s", path, line, TEXT_FMT(why));
	if (fact->kind != FACT_CALCULATED)
		fail_msg("%s:%d: it is no calculation", path, line);
	if (!text_eq(fact_body(arena, fact), body))
		fail_msg("%s:%d: it changes when it is read back", path, line);
	return fact->data;
}

static void replay(struct text body, const char *path, int line)
{
	const struct calculate *stored = stored_of(body, path, line);
	const struct cost_model *model = model_of(stored);
	struct calculation_asked asked = {model, &stored->inputs};
	struct calculate changed = *stored;
	struct comparison comparison;
	struct guide guide;
	struct flaw flaw;

	if (!cost_model_run(arena, model, &stored->inputs, &guide, &flaw))
		fail_msg("%s:%d: %.*s: %.*s", path, line, TEXT_FMT(flaw.pointer),
			 TEXT_FMT(flaw.sentence));
	if (!guide_is_as_stored(&guide, stored))
		fail_msg("%s:%d: it comes out otherwise", path, line);
	/* A penny is seen, and a ten-thousandth of one line. */
	changed.weekly_low_p++;
	assert_false(guide_is_as_stored(&guide, &changed));
	((struct line_range *)stored->lines.items)[stored->lines.count - 1].high_r++;
	assert_false(guide_is_as_stored(&guide, stored));
	assert_true(guide_compare(arena, &asked, &asked, &comparison, &flaw));
	assert_int_equal(comparison.difference_p, 0);
	assert_int_equal(comparison.after_mid_p, stored->mid_p);
	replayed++;
}

static void they_come_out_the_same(void **state)
{
	const char *path = *state;
	struct text rest;

	arena = arena_new();
	rest = file_text(path);
	for (int line = 1; rest.len > 0; line++) {
		const char *end = memchr(rest.at, '\n', rest.len);
		size_t len = end ? (size_t)(end - rest.at) : rest.len;

		replay((struct text){rest.at, len}, path, line);
		rest.at += len + (end != NULL);
		rest.len -= len + (end != NULL);
	}
	arena_free(arena);
}

int main(void)
{
	struct CMUnitTest tests[32];
	glob_t found;
	int failed;

	if (glob("tests/golden/calculations/*.txt", 0, NULL, &found) != 0 || found.gl_pathc > 32) {
		fprintf(stderr, "No stored calculation was found. Run from the top of the tree.\n");
		return 1;
	}
	memset(tests, 0, sizeof(tests));
	for (size_t i = 0; i < found.gl_pathc; i++)
		tests[i] = (struct CMUnitTest){.name = found.gl_pathv[i],
					       .test_func = they_come_out_the_same,
					       .initial_state = found.gl_pathv[i]};
	failed = _cmocka_run_group_tests("calculations", tests, found.gl_pathc, NULL, NULL);
	printf("# %d stored calculations\n", replayed);
	globfree(&found);
	return failed;
}
