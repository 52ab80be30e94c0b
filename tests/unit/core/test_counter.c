/*
 * test_counter.c - what a counter-offer does to each line, and the reasons it owes.
 */
#include "world.h"

#include "concordat/core/compare.h"

static struct fee_line line_of(const char *key, int64_t quantity_r, int64_t rate_r)
{
	return (struct fee_line){.key = text_of(key),
				 .label = text_of(key),
				 .unit = LINE_WEEK,
				 .index = NO_ENUM,
				 .quantity_r = quantity_r,
				 .rate_r = rate_r};
}

static struct make_offer offer_with(struct fee_line *lines, size_t count)
{
	struct make_offer offer = offer_of(160000);

	offer.terms.lines = (struct list){arena_copy(arena, lines, count * sizeof(*lines)), count};
	return offer;
}

static void assert_answers(const struct list *answers, const char *expected)
{
	const struct line_answer *items = answers->items;
	struct writer w;

	writer_init(&w, arena);
	for (size_t i = 0; i < answers->count; i++)
		writer_printf(&w, "%s%.*s %s", i ? ", " : "", TEXT_FMT(items[i].key),
			      line_change_kind_names[items[i].what]);
	writer_char(&w, '\0');
	assert_string_equal(w.at, expected);
}

static void each_line_is_accepted_moved_added_or_removed(void **state)
{
	struct fee_line before[] = {line_of("care", 10000, 14000000),
				    line_of("food", 10000, 350000),
				    line_of("drives", 20000, 150000)};
	struct fee_line after[] = {line_of("garden", 10000, 100000), line_of("food", 10000, 350000),
				   line_of("care", 10000, 13900000)};
	struct make_offer one = offer_with(before, 3), other = offer_with(after, 3);
	struct list answers;

	(void)state;
	answers = offer_line_answers(arena, &one.terms, &other.terms);
	assert_answers(&answers, "garden added, food accepted, care moved, drives removed");
	answers = offer_line_answers(arena, &one.terms, &one.terms);
	assert_answers(&answers, "care accepted, food accepted, drives accepted");
}

static void unit_quantity_rate_and_index_each_move_a_line_and_words_do_not(void **state)
{
	struct fee_line before = line_of("care", 10000, 14000000), after;
	struct make_offer one = offer_with(&before, 1), other;
	struct list answers;

	(void)state;
	for (int what = 0; what < 5; what++) {
		after = before;
		after.unit = what == 0 ? LINE_NIGHT : before.unit;
		after.quantity_r += what == 1;
		after.rate_r += what == 2;
		after.index = what == 3 ? COST_INDEX_CPI : before.index;
		after.label = what == 4 ? TEXT("Care, by day and night") : before.label;
		other = offer_with(&after, 1);
		answers = offer_line_answers(arena, &one.terms, &other.terms);
		assert_answers(&answers, what == 4 ? "care accepted" : "care moved");
	}
}

static void a_changed_line_without_a_reason_is_named(void **state)
{
	struct fee_line lines[] = {line_of("care", 10000, 15000000),
				   line_of("food", 10000, 350000)};
	struct make_offer counter;

	(void)state;
	play_offered();
	counter = offer_with(lines, 2);
	no_reasons = true;
	refused_at(&officer, MOVE_MAKE_OFFER, &counter, at("2026-04-10 10:00"), "lines_answered",
		   "/line_reasons");
	assert_non_null(strstr(text_cstr(arena, last.refusal.sentence), "care, food"));
	counter.line_reasons = LIST_OF((struct line_reason[]){{TEXT("food"), SAID("She cooks")}});
	refused_at(&officer, MOVE_MAKE_OFFER, &counter, at("2026-04-10 10:00"), "lines_answered",
		   "/line_reasons");
	assert_null(strstr(text_cstr(arena, last.refusal.sentence), "food"));
}

static void a_reason_for_a_line_that_is_not_changed_is_refused(void **state)
{
	struct line_reason reasons[] = {{TEXT("care"), SAID("It costs that")},
					{TEXT("moon"), SAID("It is far")}};
	struct make_offer first = offer_of(181200), counter;

	(void)state;
	play_invited(URGENCY_ORDINARY);
	no_reasons = true;
	first.line_reasons = (struct list){reasons, 1};
	refused_at(&negotiator, MOVE_MAKE_OFFER, &first, at("2026-04-02 10:00"), "lines_answered",
		   "/line_reasons/0/key");
	first.line_reasons = (struct list){NULL, 0};
	must(&negotiator, MOVE_MAKE_OFFER, &first, at("2026-04-02 10:00"));
	counter = offer_of(160000);
	counter.line_reasons = LIST_OF(reasons);
	refused_at(&officer, MOVE_MAKE_OFFER, &counter, at("2026-04-07 10:00"), "lines_answered",
		   "/line_reasons/1/key");
	reasons[1].key = TEXT("care");
	refused_at(&officer, MOVE_MAKE_OFFER, &counter, at("2026-04-07 10:00"), "lines_answered",
		   "/line_reasons/1/key");
	counter.line_reasons.count = 1;
	must(&officer, MOVE_MAKE_OFFER, &counter, at("2026-04-07 10:00"));
}

static void the_entry_says_which_offer_it_answers_and_how(void **state)
{
	struct make_offer counter = offer_of(160000);
	const struct make_offer *made;
	struct digest digest;

	(void)state;
	play_offered();
	made = strand()->offers[0].data;
	assert_int_equal(made->answers, NO_INT);
	assert_int_equal(made->line_answers.count, 0);
	must(&officer, MOVE_MAKE_OFFER, &counter, at("2026-04-10 10:00"));
	made = last_fact()->data;
	assert_int_equal(made->answers, 1);
	assert_answers(&made->line_answers, "care moved");
	/* What is signed is the terms, whatever they answer. */
	digest = terms_digest(arena, &made->terms);
	assert_true(digest_eq(&made->terms_digest, &digest));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_line_is_accepted_moved_added_or_removed),
		TEST(unit_quantity_rate_and_index_each_move_a_line_and_words_do_not),
		TEST(a_changed_line_without_a_reason_is_named),
		TEST(a_reason_for_a_line_that_is_not_changed_is_refused),
		TEST(the_entry_says_which_offer_it_answers_and_how),
	};

	return cmocka_run_group_tests_name("counter", tests, NULL, NULL);
}
