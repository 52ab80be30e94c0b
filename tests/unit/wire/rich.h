/*
 * rich.h - a struct with a member of every kind, for the tests and the fuzzer of JSON.
 */
#ifndef CONCORDAT_TESTS_RICH_H
#define CONCORDAT_TESTS_RICH_H

#include "concordat/core/calendar.h"
#include "concordat/core/schema.h"

struct part {
	struct text key;
	int64_t weekly_p;
	struct personal note;
};

struct inner {
	int32_t start_day;
	int64_t rate_r;
};

struct rich {
	bool urgent;
	int64_t visits, weekly_p, change_p, rate_r, share_r;
	struct text title, remark;
	struct personal reason;
	int32_t colour, day;
	int64_t at_us;
	struct uuid home;
	struct digest seal;
	struct inner inner;
	struct list parts, spare;
	struct list inputs; /* struct map_entry */
	struct list tones;  /* int32_t, of colour_names */
	struct text reference;
	struct text internal;
	struct personal name;
};

static const char *const colour_names[] = {"red", "green", "blue", NULL};

#define ROW(type, member, kind_, ...)                                                    \
	{                                                                                \
		.name = #member, .kind = kind_, .offset = offsetof(struct type, member), \
		__VA_ARGS__                                                              \
	}

static const struct field part_fields[] = {
	ROW(part, key, FIELD_TEXT, .flags = FIELD_REQUIRED, .least = 1, .most = 8),
	ROW(part, weekly_p, FIELD_MONEY, .flags = FIELD_REQUIRED, .most = 100000),
	ROW(part, note, FIELD_PERSONAL, .most = 20),
};
static const struct schema part_schema = SCHEMA("part", struct part, part_fields, "A part");

static const struct field inner_fields[] = {
	ROW(inner, start_day, FIELD_DAY, .flags = FIELD_REQUIRED),
	ROW(inner, rate_r, FIELD_RATE),
};
static const struct schema inner_schema = SCHEMA("inner", struct inner, inner_fields, NULL);

static const struct field rich_fields[] = {
	ROW(rich, urgent, FIELD_BOOL, .help = "whether it cannot wait"),
	ROW(rich, visits, FIELD_INT, .flags = FIELD_REQUIRED, .least = 1, .most = 168),
	ROW(rich, weekly_p, FIELD_MONEY, .most = 5000000),
	ROW(rich, change_p, FIELD_MONEY, .least = -500, .most = 500),
	ROW(rich, rate_r, FIELD_RATE, .most = 1000000),
	ROW(rich, share_r, FIELD_RATE, .least = -10000, .most = 10000),
	ROW(rich, title, FIELD_TEXT, .flags = FIELD_REQUIRED, .least = 1, .most = 20),
	ROW(rich, remark, FIELD_TEXT, .least = 0, .most = 0),
	ROW(rich, reason, FIELD_PERSONAL, .least = 1, .most = 200),
	ROW(rich, colour, FIELD_ENUM, .flags = FIELD_REQUIRED, .names = colour_names),
	ROW(rich, day, FIELD_DAY),
	ROW(rich, at_us, FIELD_INSTANT),
	ROW(rich, home, FIELD_ID),
	ROW(rich, seal, FIELD_DIGEST),
	ROW(rich, inner, FIELD_OBJECT, .flags = FIELD_REQUIRED, .of = &inner_schema),
	ROW(rich, parts, FIELD_LIST, .flags = FIELD_REQUIRED, .least = 0, .most = 3,
	    .of = &part_schema),
	ROW(rich, spare, FIELD_LIST, .least = 1, .most = 40, .of = &part_schema),
	ROW(rich, inputs, FIELD_MAP, .most = 30),
	ROW(rich, tones, FIELD_WORDS, .least = 1, .most = 3, .names = colour_names),
	ROW(rich, reference, FIELD_TEXT, .flags = FIELD_DERIVED, .most = 30),
	ROW(rich, internal, FIELD_TEXT, .flags = FIELD_COMMISSIONER, .most = 30),
	ROW(rich, name, FIELD_PERSONAL, .flags = FIELD_IDENTITY, .most = 30),
};
static const struct schema rich_schema =
	SCHEMA("rich", struct rich, rich_fields, "A thing with a member of every kind");

#endif
