/*
 * due_explain.c - why a clock is due when it is, for people.
 *
 * Watches the walk of due.c and writes a row a day. A long clock keeps only the
 * rows that matter: where it starts, holidays, where a pause begins, where it
 * ends. The sentence says the same in one breath.
 */
#include "due_walk.h"

#define ROWS_MOST 60
#define DAY_ROWS_MOST 16 /* nearly every calendar day counts: its row says little */
#define NAMES_MOST 6
#define PAUSES_MOST 20

static const char *const weekday_words[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
					    "Friday", "Saturday", "Sunday"};

struct row {
	struct due_step step;
	bool matters;
};

struct telling {
	struct arena *arena;
	const struct calendar *calendar;
	struct rule rule;
	int64_t anchor_us;
	const struct pause *pauses;
	size_t pause_count;
	struct due due;
	struct row *rows;
	size_t row_count;
	/* What the sentence needs of the walk. */
	int32_t day_0;
	int32_t paused_days;
	int32_t ticks;
	bool in_pause;
	struct text *left_out; /* titles of the holidays skipped */
	size_t left_out_count;
};

static void add_row(struct telling *t, int32_t day, bool counts, bool matters, struct text why)
{
	struct row *row = LIST_ADD(t->arena, t->rows, t->row_count);

	*row = (struct row){{day, counts, why}, matters};
}

/* The holiday that keeps a Monday to Friday from working. */
static const struct holiday *skipped_holiday(const struct telling *t, int32_t day)
{
	return weekday_of(day) < SATURDAY ? calendar_holiday(t->calendar, day) : NULL;
}

/* A closure is named as the authority's, for the other side cannot find it in any public list. */
static struct text holiday_words(const struct telling *t, const struct holiday *holiday)
{
	if (!calendar_is_closure(t->calendar, holiday->day))
		return holiday->title;
	return text_printf(t->arena, "%.*s (the authority is closed)", TEXT_FMT(holiday->title));
}

static void tell_not_working(struct telling *t, int32_t day)
{
	const struct holiday *holiday = skipped_holiday(t, day);
	struct text why = text_of(weekday_words[weekday_of(day) - 1]);
	bool received = day == london_day(t->anchor_us);

	if (holiday) {
		why = holiday_words(t, holiday);
		*LIST_ADD(t->arena, t->left_out, t->left_out_count) = why;
	}
	if (received)
		why = text_printf(t->arena,
				  "%.*s, so it counts as received on the next working day",
				  TEXT_FMT(why));
	add_row(t, day, false, holiday || received, why);
}

static void tell_counts(struct telling *t, const struct walked *walked)
{
	bool last = walked->ticks == t->rule.count;
	bool due_now = last && (t->rule.unit == UNIT_WORKING_DAYS || t->rule.roll == ROLL_NONE ||
				calendar_is_working(t->calendar, walked->day));

	add_row(t, walked->day, true, last,
		text_printf(t->arena, "counts as %d of %d%s", walked->ticks, t->rule.count,
			    due_now ? ", due at 17:00" : ""));
}

static void on_day(void *context, const struct walked *walked)
{
	struct telling *t = context;
	int32_t day = walked->day;
	bool pause_begins = !t->in_pause;

	t->ticks = walked->ticks;
	switch (walked->fate) {
	case FATE_LATE:
		add_row(t, day, false, true,
			TEXT("after 17:00, so it counts as received on the next working day"));
		break;
	case FATE_NOT_WORKING:
		tell_not_working(t, day);
		break;
	case FATE_DAY_0:
		t->day_0 = day;
		add_row(t, day, false, true, TEXT("day 0"));
		break;
	case FATE_PAUSED:
		t->in_pause = true;
		t->paused_days++;
		add_row(t, day, false, pause_begins, TEXT("paused"));
		break;
	case FATE_COUNTS:
		t->in_pause = false;
		tell_counts(t, walked);
		break;
	case FATE_STOPPED:
		if (day < t->day_0)
			day = t->day_0;
		add_row(t, day, false, true, TEXT("paused until somebody resumes it"));
		break;
	case FATE_PAST_END:
		add_row(t, day, false, true, TEXT("outside the calendar that is loaded"));
		break;
	}
}

static const char *roll_word(const struct due *due)
{
	return due->due_day < due->nominal_day ? "back" : "forward";
}

/* The row of the day it was rolled to. */
static void tell_roll(struct telling *t)
{
	const struct due *due = &t->due;

	if (due->state != DUE_SET || due->due_day == due->nominal_day)
		return;
	add_row(t, due->due_day, true, true,
		text_printf(t->arena, "rolled %s from %.*s, due at 17:00", roll_word(due),
			    TEXT_FMT(day_words(t->arena, due->nominal_day))));
}

/* Why the nominal day does not work: "Good Friday", "Saturday". */
static struct text nominal_fault(const struct telling *t)
{
	const struct holiday *holiday = skipped_holiday(t, t->due.nominal_day);

	return holiday ? holiday_words(t, holiday)
		       : text_of(weekday_words[weekday_of(t->due.nominal_day) - 1]);
}

/* "3 months on", "the next Wednesday". */
static struct text nominal_words(const struct telling *t)
{
	struct rule plain = {t->rule.unit, t->rule.count, ROLL_NONE};
	struct text words = rule_text(t->arena, plain);
	bool clamped = t->rule.unit == UNIT_MONTHS &&
		       civil_of(t->due.nominal_day).day != civil_of(london_day(t->anchor_us)).day;

	if (t->rule.unit == UNIT_WEEKDAY)
		return text_printf(t->arena, "the %.*s", TEXT_FMT(words));
	return text_printf(t->arena, "%.*s on%s", TEXT_FMT(words),
			   clamped ? " (the month's last day)" : "");
}

static void tell_date(struct telling *t)
{
	const struct due *due = &t->due;
	struct text what = nominal_words(t);

	add_row(t, london_day(t->anchor_us), false, true, TEXT("day 0"));
	if (due->due_day == due->nominal_day)
		add_row(t, due->nominal_day, true, true,
			text_printf(t->arena, "%.*s, due at 17:00", TEXT_FMT(what)));
	else
		add_row(t, due->nominal_day, false, true,
			text_printf(t->arena, "%.*s, not a working day: %.*s", TEXT_FMT(what),
				    TEXT_FMT(nominal_fault(t))));
}

static struct text wall_time(struct telling *t, int64_t at_us)
{
	struct text words = instant_words(t->arena, at_us);

	return (struct text){words.at + words.len - 5, 5};
}

static void tell_hours(struct telling *t)
{
	const struct due *due = &t->due;

	add_row(t, london_day(t->anchor_us), false, true,
		text_printf(t->arena, "starts at %.*s", TEXT_FMT(wall_time(t, t->anchor_us))));
	for (size_t i = 0; i < t->pause_count && i < PAUSES_MOST; i++) {
		struct pause p = t->pauses[i];
		bool open = pause_open_from(&p, 1) != NEVER_US;

		if (pause_is_empty(p) || p.from_us >= due->at_us || p.to_us <= t->anchor_us)
			continue;
		add_row(t, london_day(p.from_us), false, true,
			text_printf(t->arena, "paused from %.*s until %.*s",
				    TEXT_FMT(wall_time(t, p.from_us)),
				    TEXT_FMT(open ? TEXT("somebody resumes it")
						  : instant_words(t->arena, p.to_us))));
	}
	if (due->state == DUE_SET)
		add_row(t, due->due_day, true, true,
			text_printf(t->arena, "%.*s on, due at %.*s",
				    TEXT_FMT(rule_text(t->arena, t->rule)),
				    TEXT_FMT(wall_time(t, due->at_us))));
}

static void write_left_out(struct writer *w, const struct telling *t)
{
	size_t shown = t->left_out_count < NAMES_MOST ? t->left_out_count : NAMES_MOST;
	size_t more = t->left_out_count - shown;

	for (size_t i = 0; i < shown; i++) {
		bool last = i + 1 == shown && !more;

		writer_puts(w, i == 0 ? ", leaving out " : last ? " and " : ", ");
		writer_put(w, t->left_out[i]);
	}
	if (more)
		writer_printf(w, " and %zu more holidays", more);
}

/* How the count went: day 0, holidays, pauses, the clocks. */
static void write_course(struct writer *w, const struct telling *t)
{
	bool working = t->rule.unit == UNIT_WORKING_DAYS;

	if (working && t->day_0 != NO_DAY && t->day_0 != london_day(t->anchor_us))
		writer_printf(w, " (counted as received on %.*s)",
			      TEXT_FMT(day_words(t->arena, t->day_0)));
	write_left_out(w, t);
	if (t->paused_days)
		writer_printf(w, ", with %d %sday%s paused", t->paused_days,
			      working ? "working " : "", t->paused_days == 1 ? "" : "s");
	if (t->rule.unit != UNIT_HOURS || t->due.state != DUE_SET)
		return;
	if (t->due.at_us - t->anchor_us > t->rule.count * US_PER_HOUR)
		writer_puts(w, ", not counting the time it was paused");
	if (london_is_summer(t->anchor_us) != london_is_summer(t->due.at_us))
		writer_printf(w, ", during which the clocks go %s",
			      london_is_summer(t->due.at_us) ? "forward" : "back");
}

static void write_paused(struct writer *w, const struct telling *t)
{
	int64_t from = pause_open_from(t->pauses, t->pause_count);

	if (t->rule.unit != UNIT_HOURS)
		writer_printf(w, ": %d counted so far and %d to come", t->ticks,
			      t->rule.count - t->ticks);
	writer_printf(
		w,
		". The clock has been paused since %.*s and has no due date until it is resumed.",
		TEXT_FMT(instant_words(t->arena, from)));
}

static void write_uncountable(struct writer *w, const struct telling *t)
{
	const struct calendar *calendar = t->calendar;

	writer_printf(w,
		      " cannot be counted: the calendar for %s covers %.*s to %.*s. Load one that "
		      "covers the clock and ask again.",
		      division_names[calendar->division],
		      TEXT_FMT(day_words(t->arena, calendar->first_day)),
		      TEXT_FMT(day_words(t->arena, calendar->last_day)));
}

static void write_set(struct writer *w, const struct telling *t)
{
	const struct due *due = &t->due;

	write_course(w, t);
	if (due->due_day == due->nominal_day) {
		writer_printf(w, ": due %.*s.", TEXT_FMT(instant_words(t->arena, due->at_us)));
	} else {
		writer_printf(w, ": that is %.*s, not a working day",
			      TEXT_FMT(day_words(t->arena, due->nominal_day)));
		if (skipped_holiday(t, due->nominal_day))
			writer_printf(w, " (%.*s)", TEXT_FMT(nominal_fault(t)));
		writer_printf(w, ", so it is due on the working day %s, %.*s.",
			      due->due_day < due->nominal_day ? "before" : "after",
			      TEXT_FMT(instant_words(t->arena, due->at_us)));
	}
	if (due->provisional)
		writer_printf(
			w,
			" This date is provisional: it lies outside the calendar for %s (%.*s to "
			"%.*s), and is worked out again when one that covers it is loaded.",
			division_names[t->calendar->division],
			TEXT_FMT(day_words(t->arena, t->calendar->first_day)),
			TEXT_FMT(day_words(t->arena, t->calendar->last_day)));
}

static struct text sentence_of(const struct telling *t)
{
	struct rule plain = t->rule;
	struct writer w;

	plain.roll = ROLL_NONE;
	writer_init(&w, t->arena);
	if (t->rule.unit == UNIT_WEEKDAY)
		writer_printf(&w, "The next %s", weekday_words[t->rule.count - 1]);
	else
		writer_put(&w, rule_text(t->arena, plain));
	writer_printf(&w, " %s %.*s", t->rule.unit == UNIT_WEEKDAY ? "after" : "from",
		      TEXT_FMT(instant_words(t->arena, t->anchor_us)));
	switch (t->due.state) {
	case DUE_SET:
		write_set(&w, t);
		break;
	case DUE_PAUSED:
		write_paused(&w, t);
		break;
	case DUE_UNCOUNTABLE:
		write_uncountable(&w, t);
		break;
	}
	return writer_text(&w);
}

struct due_explanation due_explain(struct arena *arena, const struct calendar *calendar,
				   struct rule rule, int64_t anchor_us, const struct pause *pauses,
				   size_t pause_count)
{
	struct telling t = {.arena = arena,
			    .calendar = calendar,
			    .rule = rule,
			    .anchor_us = anchor_us,
			    .pauses = pauses,
			    .pause_count = pause_count,
			    .day_0 = NO_DAY};
	size_t rows_most = rule.unit == UNIT_DAYS ? DAY_ROWS_MOST : ROWS_MOST;
	struct due_explanation out = {0};

	t.due = due_walk(calendar, rule, anchor_us, pauses, pause_count, on_day, &t);
	switch (rule.unit) {
	case UNIT_HOURS:
		tell_hours(&t);
		break;
	case UNIT_MONTHS:
	case UNIT_WEEKDAY:
		tell_date(&t);
		break;
	case UNIT_WORKING_DAYS:
	case UNIT_DAYS:
		break;
	}
	tell_roll(&t);
	out.due = t.due;
	out.sentence = sentence_of(&t);
	for (size_t i = 0; i < t.row_count; i++)
		if (t.row_count <= rows_most || t.rows[i].matters)
			*LIST_ADD(arena, out.steps, out.step_count) = t.rows[i].step;
	return out;
}
