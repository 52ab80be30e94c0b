/*
 * calendar.c - civil days, London time, working days.
 *
 * Days are counted in the proleptic Gregorian calendar from 1 March, so that
 * the leap day comes last. Summer time is a rule, not a table: nothing here
 * changes when a machine's time zone data does. Clocks are due.c.
 */
#include "concordat/core/calendar.h"

#include <assert.h>

#define YEAR_LEAST 1900
#define YEAR_MOST 2199
#define DAYS_PER_ERA 146097 /* 400 years */
#define EPOCH_SHIFT 719468  /* from 1 March of year 0 to 1970-01-01 */

const char *const division_names[DIVISION_COUNT + 1] = {"england-and-wales", "scotland",
							"northern-ireland"};

static const char *const weekday_words[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
					    "Friday", "Saturday", "Sunday"};
static const char *const month_words[] = {"January",   "February", "March",    "April",
					  "May",       "June",	   "July",     "August",
					  "September", "October",  "November", "December"};

static int64_t floor_divide(int64_t a, int64_t b)
{
	return a / b - (a % b < 0 ? 1 : 0);
}

static int32_t utc_day(int64_t at_us)
{
	return (int32_t)floor_divide(at_us, US_PER_DAY);
}

static int32_t month_length(int32_t year, int32_t month)
{
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	if (month == 2)
		return leap ? 29 : 28;
	return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/* 01:00 UTC on the last Sunday of a month of 31 days. */
static int64_t clocks_change(int32_t year, int32_t month)
{
	int32_t last = day_of(year, month, 31);

	return (last - (int32_t)weekday_of(last) % 7) * US_PER_DAY + US_PER_HOUR;
}

/* Exactly `count` digits at *at, which moves behind them. */
static bool take_digits(struct text t, size_t *at, size_t count, int32_t *out)
{
	int32_t n = 0;

	if (t.len - *at < count)
		return false;
	for (size_t i = 0; i < count; i++) {
		char c = t.at[(*at)++];

		if (c < '0' || c > '9')
			return false;
		n = n * 10 + (c - '0');
	}
	*out = n;
	return true;
}

static bool take_char(struct text t, size_t *at, char wanted)
{
	return *at < t.len && t.at[(*at)++] == wanted;
}

static bool take_day(struct text t, size_t *at, int32_t *out)
{
	int32_t year, month, day;

	if (!take_digits(t, at, 4, &year) || !take_char(t, at, '-') ||
	    !take_digits(t, at, 2, &month) || !take_char(t, at, '-') ||
	    !take_digits(t, at, 2, &day))
		return false;
	if (year < YEAR_LEAST || year > YEAR_MOST || month < 1 || month > 12 || day < 1 ||
	    day > month_length(year, month))
		return false;
	*out = day_of(year, month, day);
	return true;
}

/* ".5" to ".123456789"; what is finer than a microsecond is dropped. */
static bool take_fraction(struct text t, size_t *at, int64_t *us)
{
	int64_t unit = US_PER_SECOND / 10;
	size_t digits = 0;

	*us = 0;
	if (*at == t.len || t.at[*at] != '.')
		return true;
	for ((*at)++; *at < t.len && t.at[*at] >= '0' && t.at[*at] <= '9'; (*at)++, digits++) {
		*us += (t.at[*at] - '0') * unit;
		unit /= 10;
	}
	return digits >= 1 && digits <= 9;
}

/* "Z" or "+01:00", to the end of the text. */
static bool take_offset(struct text t, size_t *at, int64_t *us)
{
	int32_t hours, minutes;
	bool behind;

	*us = 0;
	if (*at == t.len)
		return false;
	if (t.at[*at] == 'Z' || t.at[*at] == 'z')
		return ++*at == t.len;
	behind = t.at[*at] == '-';
	if (!behind && t.at[*at] != '+')
		return false;
	++*at;
	if (!take_digits(t, at, 2, &hours) || !take_char(t, at, ':') ||
	    !take_digits(t, at, 2, &minutes) || *at != t.len || hours > 23 || minutes > 59)
		return false;
	*us = (hours * 60 + minutes) * 60 * US_PER_SECOND;
	if (behind)
		*us = -*us;
	return true;
}

int32_t day_of(int32_t year, int32_t month, int32_t day)
{
	int32_t from_march = (month + 9) % 12;
	int32_t y = year - (month <= 2 ? 1 : 0);
	int32_t era = (y >= 0 ? y : y - 399) / 400;
	int32_t year_of_era = y - era * 400;
	int32_t day_of_year = (153 * from_march + 2) / 5 + day - 1;
	int32_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	assert(month >= 1 && month <= 12);
	return era * DAYS_PER_ERA + day_of_era - EPOCH_SHIFT;
}

struct civil civil_of(int32_t day)
{
	int32_t shifted = day + EPOCH_SHIFT;
	int32_t era = (shifted >= 0 ? shifted : shifted - (DAYS_PER_ERA - 1)) / DAYS_PER_ERA;
	int32_t day_of_era = shifted - era * DAYS_PER_ERA;
	int32_t year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int32_t day_of_year =
		day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int32_t from_march = (5 * day_of_year + 2) / 153;
	int32_t month = from_march < 10 ? from_march + 3 : from_march - 9;

	return (struct civil){year_of_era + era * 400 + (month <= 2 ? 1 : 0), month,
			      day_of_year - (153 * from_march + 2) / 5 + 1};
}

enum weekday weekday_of(int32_t day)
{
	/* 1970-01-01 was a Thursday. */
	int32_t from_monday = (day % 7 + 7 + 3) % 7;

	return (enum weekday)(from_monday + 1);
}

int32_t day_add_months(int32_t day, int32_t months)
{
	struct civil c = civil_of(day);
	int32_t total = c.year * 12 + c.month - 1 + months;
	int32_t year = (int32_t)floor_divide(total, 12);
	int32_t month = total - year * 12 + 1;
	int32_t length = month_length(year, month);

	return day_of(year, month, c.day < length ? c.day : length);
}

bool london_is_summer(int64_t at_us)
{
	struct civil c = civil_of(utc_day(at_us));

	if (c.month == 3)
		return at_us >= clocks_change(c.year, 3);
	if (c.month == 10)
		return at_us < clocks_change(c.year, 10);
	return c.month > 3 && c.month < 10;
}

int32_t london_day(int64_t at_us)
{
	return utc_day(at_us + (london_is_summer(at_us) ? US_PER_HOUR : 0));
}

int64_t london_instant(int32_t day, int32_t hour, int32_t minute)
{
	int64_t as_gmt = day * US_PER_DAY + hour * US_PER_HOUR + minute * 60 * US_PER_SECOND;
	int64_t as_bst = as_gmt - US_PER_HOUR;

	/* In October's doubled hour both readings are true and this takes the second; in March's
	 * skipped hour neither is, and GMT counts forward by the gap. */
	return london_is_summer(as_gmt) && london_is_summer(as_bst) ? as_bst : as_gmt;
}

void day_write(struct writer *w, int32_t day)
{
	struct civil c = civil_of(day);

	assert(c.year >= 0);
	writer_digits(w, (uint64_t)c.year, 4);
	writer_char(w, '-');
	writer_digits(w, (uint64_t)c.month, 2);
	writer_char(w, '-');
	writer_digits(w, (uint64_t)c.day, 2);
}

void instant_write(struct writer *w, int64_t at_us)
{
	int32_t day = utc_day(at_us);
	int64_t in_day = at_us - day * US_PER_DAY;
	int32_t second = (int32_t)(in_day / US_PER_SECOND);
	int32_t us = (int32_t)(in_day % US_PER_SECOND);

	day_write(w, day);
	writer_char(w, 'T');
	writer_digits(w, (uint64_t)(second / 3600), 2);
	writer_char(w, ':');
	writer_digits(w, (uint64_t)(second / 60 % 60), 2);
	writer_char(w, ':');
	writer_digits(w, (uint64_t)(second % 60), 2);
	if (us) {
		writer_char(w, '.');
		writer_digits(w, (uint64_t)us, 6);
	}
	writer_char(w, 'Z');
}

struct text instant_text(struct arena *arena, int64_t at_us)
{
	struct writer w;

	writer_init(&w, arena);
	instant_write(&w, at_us);
	return writer_text(&w);
}

bool instant_parse(struct text t, int64_t *at_us)
{
	int32_t day, hour, minute, second;
	int64_t fraction, offset, at;
	size_t next = 0;

	if (!take_day(t, &next, &day) || next == t.len || (t.at[next] != 'T' && t.at[next] != 't'))
		return false;
	next++;
	if (!take_digits(t, &next, 2, &hour) || !take_char(t, &next, ':') ||
	    !take_digits(t, &next, 2, &minute) || !take_char(t, &next, ':') ||
	    !take_digits(t, &next, 2, &second) || !take_fraction(t, &next, &fraction) ||
	    !take_offset(t, &next, &offset))
		return false;
	if (hour > 23 || minute > 59 || second > 59)
		return false;
	at = day * US_PER_DAY + ((hour * 60 + minute) * 60 + second) * US_PER_SECOND + fraction -
	     offset;
	/* The offset may have left the years we can write. */
	if (at < day_of(YEAR_LEAST, 1, 1) * US_PER_DAY ||
	    at >= day_of(YEAR_MOST + 1, 1, 1) * US_PER_DAY)
		return false;
	*at_us = at;
	return true;
}

struct text day_text(struct arena *arena, int32_t day)
{
	struct writer w;

	writer_init(&w, arena);
	day_write(&w, day);
	return writer_text(&w);
}

bool day_parse(struct text t, int32_t *day)
{
	size_t next = 0;
	int32_t parsed;

	if (!take_day(t, &next, &parsed) || next != t.len)
		return false;
	*day = parsed;
	return true;
}

struct text day_words(struct arena *arena, int32_t day)
{
	struct civil c = civil_of(day);

	return text_printf(arena, "%s %d %s %d", weekday_words[weekday_of(day) - 1], c.day,
			   month_words[c.month - 1], c.year);
}

struct text instant_words(struct arena *arena, int64_t at_us)
{
	int32_t day = london_day(at_us);
	int64_t wall = at_us + (london_is_summer(at_us) ? US_PER_HOUR : 0);
	int32_t minute = (int32_t)((wall - day * US_PER_DAY) / (60 * US_PER_SECOND));

	return text_printf(arena, "%.*s at %02d:%02d", TEXT_FMT(day_words(arena, day)), minute / 60,
			   minute % 60);
}

const struct holiday *calendar_holiday(const struct calendar *calendar, int32_t day)
{
	size_t low = 0, high = calendar->holiday_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (calendar->holidays[middle].day < day)
			low = middle + 1;
		else
			high = middle;
	}
	return low < calendar->holiday_count && calendar->holidays[low].day == day
		       ? &calendar->holidays[low]
		       : NULL;
}

bool calendar_is_working(const struct calendar *calendar, int32_t day)
{
	return weekday_of(day) < SATURDAY && !calendar_holiday(calendar, day);
}

int32_t calendar_working_on_or_after(const struct calendar *calendar, int32_t day)
{
	while (!calendar_is_working(calendar, day))
		day++;
	return day;
}

int32_t calendar_working_on_or_before(const struct calendar *calendar, int32_t day)
{
	while (!calendar_is_working(calendar, day))
		day--;
	return day;
}

int32_t calendar_add_working(const struct calendar *calendar, int32_t day, int32_t n)
{
	for (; n > 0; n--)
		day = calendar_working_on_or_after(calendar, day + 1);
	for (; n < 0; n++)
		day = calendar_working_on_or_before(calendar, day - 1);
	return day;
}
