/*
 * fuzz_uplift.c - terms, a year's figures and a method: refused with a reason, or a fee that adds
 * up.
 *
 * One document holds the three, as somebody might give them. Whatever is taken is worked twice and
 * must come to the same: lines that add up to the fee, a difference that is one, payers who pay all
 * of it, a path that begins with it, and sound JSON.
 */
#include <stdlib.h>

#include "concordat/core/fields.h"
#include "concordat/core/uplift.h"
#include "concordat/wire/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct asked {
	struct terms terms;
	struct uplift_figures figures;
	struct uplift_method general;
	bool leave_out_own;
};

static const struct field asked_fields[] = {
	OBJECT_F(asked, terms, REQ, &terms_schema, "the terms"),
	OBJECT_F(asked, figures, REQ, &uplift_figures_schema, "the figures"),
	OBJECT_F(asked, general, 0, &uplift_method_schema, "a method"),
	BOOL_F(asked, leave_out_own, 0, "as it says"),
};
static TABLE(asked, struct asked, "What is asked");

static struct arena *arena;

static void check(bool held)
{
	if (!held)
		abort();
}

static bool refused(const struct flaw *flaw)
{
	check(flaw->sentence.len > 0 && text_is_utf8(flaw->sentence));
	check(flaw->pointer.len == 0 || flaw->pointer.at[0] == '/');
	return false;
}

static struct text written(const struct uplift *uplift)
{
	struct writer w;

	writer_init(&w, arena);
	schema_write(&w, &uplift_schema, uplift, AUDIENCE_FACT);
	return writer_text(&w);
}

static void check_lines(const struct uplift *uplift, const struct terms *terms)
{
	const struct uplift_line *lines = uplift->lines.items;
	int64_t now_p = 0, then_p = 0;

	check(uplift->lines.count == terms->lines.count);
	for (size_t i = 0; i < uplift->lines.count; i++) {
		now_p += lines[i].weekly_now_p;
		then_p += lines[i].weekly_then_p;
		check(uplift->is_uplifted || lines[i].rate_then_r == lines[i].rate_now_r);
	}
	check(now_p == uplift->weekly_now_p && now_p == terms->weekly_p);
	check(then_p == uplift->weekly_then_p && then_p >= 0 && then_p <= MONEY_MOST_P);
	check(uplift->difference_p == then_p - now_p);
	check(uplift->is_uplifted || uplift->difference_p == 0);
}

static void check_funding(const struct uplift *uplift, const struct terms *terms)
{
	const struct funding_part *parts = uplift->funding.items;
	int64_t sum_p = 0;

	for (size_t i = 0; i < uplift->funding.count; i++) {
		check(parts[i].pays_p >= 0);
		sum_p += parts[i].pays_p;
	}
	check(uplift->funding.count == 0 || uplift->funding.count == terms->funding.count);
	check(uplift->funding.count == 0 || sum_p == uplift->weekly_then_p);
	check(uplift->is_uplifted || uplift->funding.count == terms->funding.count);
}

static void check_path(const struct uplift *uplift)
{
	const struct uplift_step *steps = uplift->path.items;

	check(uplift->is_uplifted || uplift->path.count == 0);
	for (size_t i = 0; i < uplift->path.count; i++) {
		check(i > 0 || steps[i].weekly_p == uplift->weekly_then_p);
		check(i == 0 || steps[i].from_day > steps[i - 1].from_day);
		check(steps[i].weekly_p >= 0 && steps[i].weekly_p <= MONEY_MOST_P);
	}
}

static void check_written(const struct uplift *uplift)
{
	struct json_errors errors = {0};
	struct text rule = json_member(arena, written(uplift), "rule", &errors);

	check(text_is_utf8(uplift->reason) && uplift->reason.len > 0);
	check(errors.items.count == 0 && enum_parse(uplift_rule_names, rule) == uplift->rule);
}

static void work(const struct terms *terms, const struct uplift_question *question)
{
	struct uplift uplift, again;

	uplift_work(arena, terms, question, &uplift);
	check_lines(&uplift, terms);
	check_funding(&uplift, terms);
	check_path(&uplift);
	check_written(&uplift);
	uplift_work(arena, terms, question, &again);
	check(text_eq(written(&uplift), written(&again)));
}

static bool is_sound(const struct asked *asked, struct terms *terms)
{
	struct flaw flaw = {TEXT_NONE, TEXT_NONE};

	if (!terms_complete(arena, &asked->terms, terms, &flaw) ||
	    !uplift_figures_check(arena, &asked->figures, &flaw))
		return refused(&flaw);
	if (asked->general.basis != NO_ENUM &&
	    !uplift_method_check(arena, &asked->general, NULL, &flaw))
		return refused(&flaw);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text json = {(const char *)data, size};
	struct json_errors errors;
	struct asked asked;
	struct terms terms;

	arena = arena_new();
	if (json_decode(arena, json, &asked_schema, JSON_DOCUMENT, NULL, &asked, &errors) &&
	    is_sound(&asked, &terms)) {
		const struct uplift_method *general =
			asked.general.basis != NO_ENUM ? &asked.general : NULL;
		struct uplift_question question = {&asked.figures, general, asked.leave_out_own};

		work(&terms, &question);
		terms.uplift.basis = NO_ENUM;
		work(&terms, &question);
	}
	arena_free(arena);
	return 0;
}
