/*
 * rule.c - a rule in words, out and in.
 *
 * What is written can be read again to the same rule. Reading takes a few more
 * spellings that people use: "5 wd", "8 weeks", "1 year".
 */
#include <string.h>

#include "concordat/core/calendar.h"

#define WORDS_MOST 64

struct unit_word {
	const char *word;
	enum unit unit;
	int32_t times; /* a week is 7 days */
};

static const struct unit_word unit_words[] = {
	{"hour", UNIT_HOURS, 1},
	{"hours", UNIT_HOURS, 1},
	{"h", UNIT_HOURS, 1},
	{"working day", UNIT_WORKING_DAYS, 1},
	{"working days", UNIT_WORKING_DAYS, 1},
	{"wd", UNIT_WORKING_DAYS, 1},
	{"day", UNIT_DAYS, 1},
	{"days", UNIT_DAYS, 1},
	{"calendar day", UNIT_DAYS, 1},
	{"calendar days", UNIT_DAYS, 1},
	{"week", UNIT_DAYS, 7},
	{"weeks", UNIT_DAYS, 7},
	{"month", UNIT_MONTHS, 1},
	{"months", UNIT_MONTHS, 1},
	{"year", UNIT_MONTHS, 12},
	{"years", UNIT_MONTHS, 12},
};

static const char *const unit_singular[UNIT_COUNT] = {"hour", "working day", "day", "month", ""};

static const char *const weekday_words[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
					    "Friday", "Saturday", "Sunday"};

static const char *const roll_words[ROLL_COUNT] = {"", ", or the working day after",
						   ", or the working day before"};

static bool can_roll(enum unit unit)
{
	return unit == UNIT_DAYS || unit == UNIT_MONTHS;
}

static bool ends_with(struct text t, const char *tail)
{
	size_t length = strlen(tail);

	return t.len >= length && memcmp(t.at + t.len - length, tail, length) == 0;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool weekday_parse(struct text t, int32_t *out)
{
	for (int32_t i = 0; i < 7; i++) {
		size_t length = strlen(weekday_words[i]), same = 0;

		while (same < length && same < t.len && t.at[same] == lower(weekday_words[i][same]))
			same++;
		if (same == length && t.len == length) {
			*out = i + 1;
			return true;
		}
	}
	return false;
}

/* "5 working days", in lower case and with no roll. */
static bool count_parse(struct text t, struct rule *rule)
{
	struct text number = {t.at, 0}, word;
	int64_t count;

	while (number.len < t.len && t.at[number.len] != ' ')
		number.len++;
	if (number.len == t.len || number.at[0] == '-' || !text_to_int(number, &count) ||
	    count > 1000)
		return false;
	word = (struct text){t.at + number.len + 1, t.len - number.len - 1};
	for (size_t i = 0; i < sizeof(unit_words) / sizeof(unit_words[0]); i++) {
		if (text_is(word, unit_words[i].word)) {
			rule->unit = unit_words[i].unit;
			rule->count = (int32_t)count * unit_words[i].times;
			return true;
		}
	}
	return false;
}

struct text rule_text(struct arena *arena, struct rule rule)
{
	if (rule.unit == UNIT_WEEKDAY)
		return text_printf(arena, "next %s", weekday_words[rule.count - 1]);
	return text_printf(arena, "%d %s%s%s", rule.count, unit_singular[rule.unit],
			   rule.count == 1 ? "" : "s",
			   can_roll(rule.unit) ? roll_words[rule.roll] : "");
}

bool rule_parse(struct text t, struct rule *rule)
{
	struct rule parsed = {.roll = ROLL_NONE};
	char bytes[WORDS_MOST];
	struct text low = {bytes, t.len};

	if (t.len == 0 || t.len > WORDS_MOST)
		return false;
	for (size_t i = 0; i < t.len; i++)
		bytes[i] = lower(t.at[i]);
	for (int roll = ROLL_FORWARD; roll < ROLL_COUNT; roll++) {
		if (ends_with(low, roll_words[roll])) {
			parsed.roll = (enum roll)roll;
			low.len -= strlen(roll_words[roll]);
			break;
		}
	}
	if (text_starts(low, "next ")) {
		parsed.unit = UNIT_WEEKDAY;
		if (!weekday_parse((struct text){low.at + 5, low.len - 5}, &parsed.count))
			return false;
	} else if (!count_parse(low, &parsed)) {
		return false;
	}
	if ((parsed.roll != ROLL_NONE && !can_roll(parsed.unit)) || !rule_is_sound(parsed))
		return false;
	*rule = parsed;
	return true;
}
