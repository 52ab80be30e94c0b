/*
 * test_dates_golden.c - plays tests/golden/dates.txt over the shipped calendars.
 *
 * The cases are text, so that they can be read, and added to, without C. Run from
 * the top of the tree; another file of cases may be named as the only argument.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "concordat/core/calendar.h"

#define FIELD_COUNT 7
#define PAUSES_MOST 8

enum field { ANCHOR, RULE, PLACE, PAUSES, OUTCOME, DUE, NOMINAL };

struct golden {
	int line;
	struct text text[FIELD_COUNT];
	struct calendar calendar;
	struct rule rule;
	int64_t anchor_us;
	struct pause pauses[PAUSES_MOST];
	size_t pause_count;
};

static const char *golden_path = "tests/golden/dates.txt";
static struct arena *shared;
static struct calendar calendars[DIVISION_COUNT];

static struct text trim(struct text t)
{
	while (t.len && (t.at[0] == ' ' || t.at[0] == '\t')) {
		t.at++;
		t.len--;
	}
	while (t.len && strchr(" \t\r\n", t.at[t.len - 1]))
		t.len--;
	return t;
}

/* What stands before the mark, trimmed; *rest moves behind it. */
static struct text cut(struct text *rest, const char *mark)
{
	const char *found = rest->len ? memmem(rest->at, rest->len, mark, strlen(mark)) : NULL;
	struct text piece = {rest->at, found ? (size_t)(found - rest->at) : rest->len};
	size_t taken = piece.len + (found ? strlen(mark) : 0);

	rest->at += taken;
	rest->len -= taken;
	return trim(piece);
}

static int32_t json_day(const json_t *object, const char *key)
{
	int32_t day;

	assert_true(day_parse(text_of(json_string_value(json_object_get(object, key))), &day));
	return day;
}

static void load_calendar(enum division division)
{
	struct text path =
		text_printf(shared, "reference/calendars/%s.json", division_names[division]);
	struct calendar *calendar = &calendars[division];
	struct holiday *holidays = NULL;
	json_error_t error;
	json_t *root = json_load_file(path.at, JSON_REJECT_DUPLICATES, &error);
	json_t *events, *event;
	size_t i;

	if (!root)
		fail_msg("%s: %s", path.at, error.text);
	assert_string_equal(json_string_value(json_object_get(root, "division")),
			    division_names[division]);
	calendar->division = division;
	calendar->version = (int32_t)json_integer_value(json_object_get(root, "version"));
	calendar->first_day = json_day(root, "first_day");
	calendar->last_day = json_day(root, "last_day");
	events = json_object_get(root, "events");
	json_array_foreach(events, i, event)
	{
		const char *title = json_string_value(json_object_get(event, "title"));

		*LIST_ADD(shared, holidays, calendar->holiday_count) = (struct holiday){
			json_day(event, "date"), text_copy(shared, text_of(title))};
	}
	calendar->holidays = holidays;
	json_decref(root);
}

/* RFC 3339, or "2026-04-02 10:00" in London. */
static int64_t read_instant(const struct golden *golden, struct text t)
{
	struct text rest = t, day_part = cut(&rest, " ");
	int64_t at, hour, minute;
	int32_t day;

	if (instant_parse(t, &at))
		return at;
	if (rest.len != 5 || !day_parse(day_part, &day) ||
	    !text_to_int((struct text){rest.at, 2}, &hour) ||
	    !text_to_int((struct text){rest.at + 3, 2}, &minute))
		fail_msg("line %d: no instant: %.*s", golden->line, TEXT_FMT(t));
	return london_instant(day, (int32_t)hour, (int32_t)minute);
}

static void read_place(struct arena *arena, struct golden *golden)
{
	struct text rest = golden->text[PLACE], name = cut(&rest, " + ");
	const struct calendar *base = NULL;
	struct holiday *holidays;
	size_t count;
	int32_t closed;

	for (int i = 0; i < DIVISION_COUNT; i++)
		if (text_is(name, division_names[i]))
			base = &calendars[i];
	if (!base)
		fail_msg("line %d: no division: %.*s", golden->line, TEXT_FMT(name));
	golden->calendar = *base;
	if (!rest.len)
		return;
	assert_true(day_parse(trim(rest), &closed));
	holidays = arena_array(arena, struct holiday, base->holiday_count + 1);
	for (count = 0; count < base->holiday_count && base->holidays[count].day < closed; count++)
		holidays[count] = base->holidays[count];
	holidays[count] = (struct holiday){closed, TEXT("Closed")};
	memcpy(holidays + count + 1, base->holidays + count,
	       (base->holiday_count - count) * sizeof(*holidays));
	golden->calendar.holidays = holidays;
	golden->calendar.holiday_count++;
}

static void read_pauses(struct golden *golden)
{
	struct text rest = golden->text[PAUSES];

	if (text_is(rest, "-"))
		return;
	while (rest.len) {
		struct text to = cut(&rest, ","), from = cut(&to, " .. ");
		struct pause *pause = &golden->pauses[golden->pause_count++];

		assert_true(golden->pause_count <= PAUSES_MOST);
		pause->from_us = read_instant(golden, from);
		pause->to_us =
			text_is(trim(to), "open") ? NEVER_US : read_instant(golden, trim(to));
	}
}

static const char *outcome_of(const struct due *due)
{
	switch (due->state) {
	case DUE_SET:
		return due->provisional ? "provisional" : "set";
	case DUE_PAUSED:
		return "paused";
	case DUE_UNCOUNTABLE:
		break;
	}
	return "uncountable";
}

static void check_due(struct arena *arena, const struct golden *golden, struct due due)
{
	bool set = due.state == DUE_SET;
	struct text at = set ? instant_text(arena, due.at_us) : TEXT("-");
	struct text nominal = set ? day_text(arena, due.nominal_day) : TEXT("-");

	if (!text_is(golden->text[OUTCOME], outcome_of(&due)) || !text_eq(golden->text[DUE], at) ||
	    !text_eq(golden->text[NOMINAL], nominal))
		fail_msg("line %d: %.*s from %.*s gave %s %.*s %.*s, expected %.*s %.*s %.*s",
			 golden->line, TEXT_FMT(golden->text[RULE]), TEXT_FMT(golden->text[ANCHOR]),
			 outcome_of(&due), TEXT_FMT(at), TEXT_FMT(nominal),
			 TEXT_FMT(golden->text[OUTCOME]), TEXT_FMT(golden->text[DUE]),
			 TEXT_FMT(golden->text[NOMINAL]));
	if (set)
		assert_int_equal(due.due_day, london_day(due.at_us));
	else
		assert_true(due.at_us == NEVER_US && due.due_day == NO_DAY);
}

static void play(struct arena *arena, struct golden *golden)
{
	struct due_explanation explained;
	struct due due;
	struct rule again;

	read_place(arena, golden);
	read_pauses(golden);
	golden->anchor_us = read_instant(golden, golden->text[ANCHOR]);
	if (!rule_parse(golden->text[RULE], &golden->rule))
		fail_msg("line %d: no rule: %.*s", golden->line, TEXT_FMT(golden->text[RULE]));
	assert_true(rule_parse(rule_text(arena, golden->rule), &again));
	assert_memory_equal(&again, &golden->rule, sizeof(again));

	due = due_derive(&golden->calendar, golden->rule, golden->anchor_us, golden->pauses,
			 golden->pause_count);
	check_due(arena, golden, due);
	explained = due_explain(arena, &golden->calendar, golden->rule, golden->anchor_us,
				golden->pauses, golden->pause_count);
	check_due(arena, golden, explained.due);
	assert_true(explained.step_count > 0);
	if (due.state == DUE_SET)
		assert_int_equal(explained.steps[explained.step_count - 1].day, due.due_day);
}

static void every_golden_date_is_as_written(void **state)
{
	FILE *in = fopen(golden_path, "r");
	char line[512];
	int number = 0, played = 0;

	(void)state;
	if (!in)
		fail_msg("%s cannot be opened. Run from the top of the tree.", golden_path);
	while (fgets(line, sizeof(line), in)) {
		struct golden golden = {.line = ++number};
		struct text rest = trim(text_of(line));
		struct arena *arena;

		if (rest.len == 0 || rest.at[0] == '#')
			continue;
		for (int i = 0; i < FIELD_COUNT; i++)
			golden.text[i] = cut(&rest, "|");
		if (!golden.text[NOMINAL].len || rest.len)
			fail_msg("line %d has not %d fields", number, FIELD_COUNT);
		arena = arena_new();
		play(arena, &golden);
		arena_free(arena);
		played++;
	}
	fclose(in);
	assert_true(played > 100);
}

static void shipped_calendars_are_sorted_working_weekdays_of_whole_years(void **state)
{
	static const size_t counts[DIVISION_COUNT] = {5 * 8, 5 * 9 + 1, 5 * 10};

	(void)state;
	for (int i = 0; i < DIVISION_COUNT; i++) {
		const struct calendar *c = &calendars[i];

		assert_int_equal(c->first_day, day_of(2024, 1, 1));
		assert_int_equal(c->last_day, day_of(2028, 12, 31));
		assert_int_equal(c->holiday_count, counts[i]);
		for (size_t h = 0; h < c->holiday_count; h++) {
			assert_true(weekday_of(c->holidays[h].day) < SATURDAY);
			assert_true(h == 0 || c->holidays[h - 1].day < c->holidays[h].day);
			assert_true(c->holidays[h].title.len > 0);
		}
	}
}

static int load_all(void **state)
{
	(void)state;
	shared = arena_new();
	for (int i = 0; i < DIVISION_COUNT; i++)
		load_calendar((enum division)i);
	return 0;
}

static int free_all(void **state)
{
	(void)state;
	arena_free(shared);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_golden_date_is_as_written),
		cmocka_unit_test(shipped_calendars_are_sorted_working_weekdays_of_whole_years),
	};

	if (argc > 1)
		golden_path = argv[1];
	return cmocka_run_group_tests_name("dates_golden", tests, load_all, free_all);
}
