/*
 * clock_laws.c - what holds of every clock, over a million random schedules of the shipped
 * calendars, and of authorities' own.
 *
 * Each schedule is a rule, an anchor, pauses and an extension in one division, or at an authority
 * there that has closures of its own. Its date is worked out a second time by clock_oracle.h, which
 * shares no code with the core, and then put to every law. The seed is fixed, so a failure comes
 * back, and names its schedule. Run from the top of the tree.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "concordat/wire/document.h"

#include "clock_oracle.h"

#define SCHEDULES 1000000
#define SEED UINT64_C(0x20260406)
#define PAUSES_MOST 4
#define EXPLAIN_EVERY 16
#define AUTHORITIES 7 /* in each division */
#define HOLIDAYS_MOST 400

struct schedule {
	int calendar; /* of calendars */
	struct rule rule;
	int64_t anchor_us;
	struct pause pauses[PAUSES_MOST + 1]; /* room for one more */
	size_t pause_count;
};

static struct arena *kept;
/* Each division's, and behind them authorities' with closures of their own. */
static const struct calendar *calendars[DIVISION_COUNT * (1 + AUTHORITIES)];
#define CALENDARS (int)(sizeof(calendars) / sizeof(calendars[0]))
static uint64_t random_state = SEED;
static int64_t schedules, derivations;

/* ---- chance ---- */

static uint64_t random_next(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state * UINT64_C(0x2545f4914f6cdd1d) >> 16;
}

static int32_t random_below(int32_t most)
{
	return (int32_t)(random_next() % (uint64_t)most);
}

/* Within 2024 to 2028; more often than not near what is awkward. */
static int32_t random_day(void)
{
	int32_t year = 2024 + random_below(5);

	switch (random_below(8)) {
	case 0: /* the clocks change at the end of these */
		return day_of(year, random_below(2) ? 3 : 10, 22 + random_below(10));
	case 1: /* a month's end, and 29 February */
		return day_of(year, 1 + random_below(12), 1) - 1 - random_below(3) +
		       (year == 2024 ? 31 : 0);
	case 2: /* the turn of the year */
		return day_of(year, 12, 18 + random_below(14));
	case 3: /* Easter's months */
		return day_of(year, 3, 20) + random_below(40);
	default:
		return day_of(2024, 1, 1) + random_below(366 + 3 * 365 + 366);
	}
}

/* At a tick, one microsecond after it, or anywhere. */
static int64_t random_moment(int32_t day)
{
	switch (random_below(4)) {
	case 0:
		return london_instant(day, 17, 0);
	case 1:
		return london_instant(day, 17, 0) + 1;
	default:
		return london_instant(day, 0, 0) + (int64_t)(random_next() % (uint64_t)US_PER_DAY);
	}
}

static struct pause random_pause(int32_t around)
{
	int64_t a = random_moment(around - 3 + random_below(45));
	int64_t b = random_moment(around - 3 + random_below(45));

	if (random_below(12) == 0)
		return (struct pause){a, NEVER_US};
	return a < b ? (struct pause){a, b} : (struct pause){b, a};
}

static struct schedule random_schedule(void)
{
	static const int32_t most[UNIT_COUNT] = {200, 25, 70, 18, 7};
	int32_t day = random_day();
	struct schedule s = {
		.calendar = random_below(random_below(2) ? DIVISION_COUNT : CALENDARS),
		.anchor_us = random_moment(day),
		.rule.unit = (enum unit)random_below(UNIT_COUNT),
		.rule.roll = (enum roll)random_below(ROLL_COUNT),
	};

	s.rule.count = 1 + random_below(most[s.rule.unit]);
	s.pause_count = (size_t)random_below(PAUSES_MOST);
	for (size_t i = 0; i < s.pause_count; i++)
		s.pauses[i] = random_pause(day);
	return s;
}

/* ---- deriving ---- */

static struct due derive_in(const struct calendar *calendar, const struct schedule *s)
{
	derivations++;
	return due_derive(calendar, s->rule, s->anchor_us, s->pauses, s->pause_count);
}

static struct due derive(const struct schedule *s)
{
	return derive_in(calendars[s->calendar], s);
}

static bool same_due(struct due a, struct due b)
{
	return a.state == b.state && a.at_us == b.at_us && a.nominal_day == b.nominal_day &&
	       a.due_day == b.due_day && a.provisional == b.provisional &&
	       a.ticks_before_pause == b.ticks_before_pause;
}

static bool is_ticking(const struct schedule *s)
{
	return s->rule.unit == UNIT_WORKING_DAYS || s->rule.unit == UNIT_DAYS;
}

/* ---- laws ---- */

static bool as_walked_by_hand(const struct schedule *s, struct due due)
{
	struct oracle_due walked =
		oracle_derive(s->calendar, s->rule, s->anchor_us, s->pauses, s->pause_count);

	if (walked.state != due.state)
		return false;
	return due.state != DUE_SET ||
	       (walked.at_us == due.at_us && walked.nominal_day == due.nominal_day &&
		walked.due_day == due.due_day && walked.provisional == due.provisional);
}

static bool after_the_anchor(const struct schedule *s, struct due due)
{
	return due.at_us > s->anchor_us &&
	       (due.state != DUE_SET || s->rule.unit != UNIT_WORKING_DAYS ||
		calendar_is_working(calendars[s->calendar], due.due_day));
}

static bool a_split_pause_is_the_same(const struct schedule *s, struct due due)
{
	struct schedule split = *s;
	struct pause *pause;
	int64_t middle;

	if (!s->pause_count)
		return true;
	pause = &split.pauses[random_below((int32_t)s->pause_count)];
	middle = random_moment(london_day(pause->from_us) + random_below(20));
	if (middle < pause->from_us || middle > pause->to_us)
		return true;
	split.pauses[split.pause_count++] = (struct pause){middle, pause->to_us};
	pause->to_us = middle;
	return same_due(derive(&split), due);
}

static bool an_empty_pause_changes_nothing(const struct schedule *s, struct due due)
{
	struct schedule with = *s;
	int64_t when = random_moment(london_day(s->anchor_us) - 2 + random_below(60));

	with.pauses[with.pause_count++] = (struct pause){when, when};
	return same_due(derive(&with), due);
}

/* What is done to a clock: each pause put on it, an extension, and the extension's removal. */
static struct schedule done_in_some_order(const struct schedule *s, int32_t more)
{
	struct schedule clock = {
		.calendar = s->calendar, .rule = s->rule, .anchor_us = s->anchor_us};
	bool is_used[PAUSES_MOST] = {false};
	bool extended = false, removed = false;
	size_t left = s->pause_count + 2;

	while (left) {
		size_t what = (size_t)random_below((int32_t)s->pause_count + 1);

		if (what < s->pause_count && !is_used[what]) {
			clock.pauses[clock.pause_count++] = s->pauses[what];
			is_used[what] = true;
		} else if (what == s->pause_count && !extended) {
			clock.rule.count += more;
			extended = true;
		} else if (what == s->pause_count && !removed) {
			clock.rule.count -= more;
			removed = true;
		} else {
			continue;
		}
		left--;
	}
	return clock;
}

static bool what_is_done_commutes(const struct schedule *s, struct due due)
{
	int32_t more = s->rule.unit == UNIT_WEEKDAY ? 0 : 1 + random_below(10);
	struct schedule one = done_in_some_order(s, more), longer = *s, shuffled;
	struct due later;

	if (!same_due(derive(&one), due))
		return false;
	longer.rule.count += more;
	later = derive(&longer);
	shuffled = done_in_some_order(&longer, more);
	/* Rolled back, a longer clock may come to the same day; never to an earlier one. */
	return same_due(derive(&shuffled), later) && later.at_us >= due.at_us;
}

static bool one_more_pause_is_never_earlier(const struct schedule *s, struct due due)
{
	struct schedule with = *s;

	with.pauses[with.pause_count++] = random_pause(london_day(s->anchor_us));
	return derive(&with).at_us >= due.at_us;
}

/* A notice that reached nobody is a clock held from its anchor to the instant of service, and begun
 * there: what was put on it before, and held it until then or beyond, stays. */
static bool served_at_an_instant_is_begun_at_it(const struct schedule *s, struct due due)
{
	int64_t served_us = random_moment(london_day(s->anchor_us) + random_below(30));
	struct schedule begun = *s, held;

	(void)due;
	begun.anchor_us = served_us > s->anchor_us ? served_us : s->anchor_us;
	held = begun;
	held.pauses[held.pause_count++] = (struct pause){s->anchor_us, begun.anchor_us};
	return derive(&held).at_us == derive(&begun).at_us &&
	       derive(&begun).state == derive(&held).state;
}

/* The later, the later: nobody gains by hiding from a notice less time, nor loses any. */
static bool later_service_is_never_earlier(const struct schedule *s, struct due due)
{
	struct schedule begun = *s;

	begun.anchor_us += (int64_t)random_below(20) * US_PER_DAY;
	return s->rule.roll == ROLL_BACK || derive(&begun).at_us >= due.at_us;
}

/* From just behind one tick to just before the next nothing that counts is covered. */
static bool a_pause_between_ticks_changes_nothing(const struct schedule *s, struct due due)
{
	struct schedule with = *s;
	int32_t day = london_day(s->anchor_us) - 1 + random_below(40);

	if (!is_ticking(s))
		return true;
	with.pauses[with.pause_count++] =
		(struct pause){london_instant(day, 17, 0), london_instant(day + 1, 17, 0) - 1};
	with.pauses[with.pause_count - 1].from_us += random_below(2);
	return derive(&with).at_us == due.at_us;
}

/* Another version, one holiday more; false when the day is one already. */
static bool with_holiday(const struct calendar *calendar, int32_t day, struct holiday *room,
			 struct calendar *out)
{
	size_t at = 0;

	if (day < calendar->first_day || day > calendar->last_day ||
	    calendar_holiday(calendar, day))
		return false;
	while (at < calendar->holiday_count && calendar->holidays[at].day < day)
		at++;
	memcpy(room, calendar->holidays, at * sizeof(*room));
	room[at] = (struct holiday){day, TEXT("Closed")};
	memcpy(room + at + 1, calendar->holidays + at,
	       (calendar->holiday_count - at) * sizeof(*room));
	*out = *calendar;
	out->version++;
	out->holidays = room;
	out->holiday_count++;
	return true;
}

/* What rolls back moves the other way; its nominal day not at all. */
static bool is_no_earlier(const struct schedule *s, struct due with_less, struct due with_more)
{
	switch (s->rule.unit) {
	case UNIT_HOURS:
		return same_due(with_less, with_more);
	case UNIT_WORKING_DAYS:
	case UNIT_WEEKDAY:
		return with_more.at_us >= with_less.at_us;
	case UNIT_DAYS:
	case UNIT_MONTHS:
		break;
	}
	return with_more.nominal_day == with_less.nominal_day &&
	       (s->rule.roll == ROLL_BACK || with_more.at_us >= with_less.at_us);
}

static bool a_holiday_more_or_less(const struct schedule *s, struct due due)
{
	const struct calendar *calendar = calendars[s->calendar];
	struct holiday room[HOLIDAYS_MOST];
	struct calendar other;
	int32_t day = london_day(s->anchor_us) + random_below(60);
	size_t gone = (size_t)random_below((int32_t)calendar->holiday_count);

	if (calendar->holiday_count + 1 > sizeof(room) / sizeof(room[0]))
		return false;
	if (with_holiday(calendar, day, room, &other) &&
	    !is_no_earlier(s, due, derive_in(&other, s)))
		return false;
	/* one taken away: near the clock where there is one */
	for (size_t i = 0; i < calendar->holiday_count; i++)
		if (calendar->holidays[i].day >= london_day(s->anchor_us)) {
			gone = i;
			break;
		}
	other = *calendar;
	memcpy(room, calendar->holidays, gone * sizeof(*room));
	memcpy(room + gone, calendar->holidays + gone + 1,
	       (calendar->holiday_count - gone - 1) * sizeof(*room));
	other.holidays = room;
	other.holiday_count--;
	return is_no_earlier(s, derive_in(&other, s), due);
}

/* The authority's own date beside its division's. */
static bool closures_are_never_earlier(const struct schedule *s, struct due due)
{
	const struct calendar *own = calendars[s->calendar];

	return !own->closures || is_no_earlier(s, derive_in(own->bank_holidays, s), due);
}

/* Of the calendar only its days matter. */
static bool nothing_else_matters(const struct schedule *s, struct due due)
{
	struct calendar other = *calendars[s->calendar];
	struct holiday renamed[HOLIDAYS_MOST];

	for (size_t i = 0; i < other.holiday_count; i++)
		renamed[i] = (struct holiday){other.holidays[i].day, TEXT("Renamed")};
	other.holidays = renamed;
	other.version += 7;
	return same_due(derive_in(&other, s), due);
}

static bool the_explanation_adds_up(const struct schedule *s, struct due due)
{
	struct arena *arena;
	struct due_explanation e;
	int32_t counted = 0;
	bool adds_up, is_whole;

	if (schedules % EXPLAIN_EVERY)
		return true;
	arena = arena_new();
	e = due_explain(arena, calendars[s->calendar], s->rule, s->anchor_us, s->pauses,
			s->pause_count);
	for (size_t i = 0; i < e.step_count; i++)
		counted += e.steps[i].counts;
	is_whole = s->rule.unit == UNIT_WORKING_DAYS && due.state == DUE_SET &&
		   due.due_day - london_day(s->anchor_us) < 55;
	adds_up = same_due(e.due, due) && e.sentence.len > 0 && e.step_count > 0 &&
		  (due.state != DUE_SET || e.steps[e.step_count - 1].day == due.due_day) &&
		  (!is_whole || counted == s->rule.count);
	arena_free(arena);
	return adds_up;
}

static const struct law {
	const char *name;
	bool (*holds)(const struct schedule *s, struct due due);
} laws[] = {
	{"the date is the one walked to day by day", as_walked_by_hand},
	{"a date is after its anchor, and on a day that works", after_the_anchor},
	{"a split pause equals a merged one", a_split_pause_is_the_same},
	{"a pause resumed at the same instant changes nothing", an_empty_pause_changes_nothing},
	{"pauses, an extension and its removal commute", what_is_done_commutes},
	{"one more pause never brings a date forward", one_more_pause_is_never_earlier},
	{"a pause between two ticks changes nothing", a_pause_between_ticks_changes_nothing},
	{"not served, and then served, is begun at service", served_at_an_instant_is_begun_at_it},
	{"service later is never due earlier", later_service_is_never_earlier},
	{"a holiday more is never earlier, one less never later", a_holiday_more_or_less},
	{"an authority's closures are never earlier", closures_are_never_earlier},
	{"of a calendar only its days matter", nothing_else_matters},
	{"the explanation is of that date, and adds up", the_explanation_adds_up},
};

static void break_off(const struct law *law, const struct schedule *s, struct due due)
{
	const struct calendar *calendar = calendars[s->calendar];

	print_error("%s: schedule %lld: %s, calendar %d, %d %s, roll %s, anchor %s\n", law->name,
		    (long long)schedules, division_names[calendar->division], s->calendar,
		    s->rule.count, unit_names[s->rule.unit], roll_names[s->rule.roll],
		    instant_text(kept, s->anchor_us).at);
	for (size_t i = 0; i < s->pause_count; i++)
		print_error("    paused %s to %s\n", instant_text(kept, s->pauses[i].from_us).at,
			    s->pauses[i].to_us == NEVER_US
				    ? "an end to come"
				    : instant_text(kept, s->pauses[i].to_us).at);
	fail_msg("derived: state %d, %s", (int)due.state,
		 due.at_us == NEVER_US ? "no date" : instant_text(kept, due.at_us).at);
}

static void every_law_holds(void **state)
{
	(void)state;
	for (schedules = 0; schedules < SCHEDULES; schedules++) {
		struct schedule s = random_schedule();
		struct due due = derive(&s);

		for (size_t i = 0; i < sizeof(laws) / sizeof(laws[0]); i++)
			if (!laws[i].holds(&s, due))
				break_off(&laws[i], &s, due);
	}
	printf("# %lld schedules, %lld dates derived, %zu laws\n", (long long)schedules,
	       (long long)derivations, sizeof(laws) / sizeof(laws[0]));
}

/* ---- the calendars that are shipped ---- */

static struct text file_text(const char *path)
{
	FILE *file = fopen(path, "r");
	struct writer w;
	int c;

	if (!file)
		fail_msg("%s cannot be opened. Run from the top of the tree.", path);
	writer_init(&w, kept);
	while ((c = fgetc(file)) != EOF)
		writer_char(&w, (char)c);
	fclose(file);
	return writer_text(&w);
}

/* Single days here and there, one on a bank holiday, and whole weeks. */
static const struct calendar *at_an_authority(const struct calendar *bank_holidays)
{
	struct holiday days[120];
	struct closures given = {.version = 1, .days = days}, *sorted;
	struct flaw flaw;

	days[given.count++] = (struct holiday){day_of(2026, 12, 28), TEXT("Closed")};
	while (given.count < 40) {
		int32_t first = random_day(), length = random_below(4) ? 1 : 5;

		for (int32_t day = first; day < first + length; day++) {
			bool is_named = weekday_of(day) >= SATURDAY;

			for (size_t i = 0; i < given.count; i++)
				is_named = is_named || days[i].day == day;
			if (!is_named)
				days[given.count++] = (struct holiday){day, TEXT("Closed")};
		}
	}
	sorted = arena_make(kept, struct closures);
	if (!closures_check(kept, &given, sorted, &flaw))
		fail_msg("%.*s: %.*s", TEXT_FMT(flaw.pointer), TEXT_FMT(flaw.sentence));
	return calendar_with_closures(kept, bank_holidays, sorted, 2);
}

static int load(void **state)
{
	struct text why;

	(void)state;
	kept = arena_new();
	oracle_init();
	for (int i = 0; i < DIVISION_COUNT; i++) {
		const char *path =
			text_printf(kept, "reference/calendars/%s.json", division_names[i]).at;

		calendars[i] = calendar_decode(kept, file_text(path), &why);
		if (!calendars[i])
			fail_msg("%s: %.*s", path, TEXT_FMT(why));
	}
	for (int i = 0; i < CALENDARS; i++) {
		if (i >= DIVISION_COUNT)
			calendars[i] = at_an_authority(calendars[i % DIVISION_COUNT]);
		oracle_calendar(i, calendars[i]);
	}
	return 0;
}

static int unload(void **state)
{
	(void)state;
	arena_free(kept);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_law_holds)};

	return cmocka_run_group_tests_name("clock_laws", tests, load, unload);
}
