/*
 * fields.h - short hands to write a field table, one row a member.
 *
 * For the files that hold such tables and for no other: the names are short. F takes everything;
 * each other is one kind with its usual limits. `json` is the member's name outside, where it
 * differs from the one in C.
 */
#ifndef CONCORDAT_CORE_FIELDS_H
#define CONCORDAT_CORE_FIELDS_H

#include "concordat/core/money.h"
#include "concordat/core/schema.h"

#define REQ FIELD_REQUIRED
#define DER FIELD_DERIVED
#define COM FIELD_COMMISSIONER
#define IDN FIELD_IDENTITY
#define ASK FIELD_ASKED
#define SID FIELD_SIDES
#define PAY FIELD_PAYERS

/* Defines <name>_schema over <name>_fields; put static before it where only one file needs it. */
#define TABLE(name, type, help) \
	const struct schema name##_schema = SCHEMA(#name, type, name##_fields, help)

#define F(type, member, json, kind_, flags_, least_, most_, of_, names_, help_)          \
	{                                                                                \
		.name = json, .kind = kind_, .flags = flags_,                            \
		.offset = offsetof(struct type, member), .least = least_, .most = most_, \
		.of = of_, .names = names_, .help = help_                                \
	}
#define TEXT_F(type, member, flags, most, help) \
	F(type, member, #member, FIELD_TEXT, flags, 1, most, NULL, NULL, help)
#define PERSONAL_F(type, member, flags, most, help) \
	F(type, member, #member, FIELD_PERSONAL, flags, 1, most, NULL, NULL, help)
#define ENUM_F(type, member, flags, names, help) \
	F(type, member, #member, FIELD_ENUM, flags, 0, 0, NULL, names, help)
#define INT_F(type, member, flags, least, most, help) \
	F(type, member, #member, FIELD_INT, flags, least, most, NULL, NULL, help)
#define MONEY_F(type, member, json, flags, help) \
	F(type, member, json, FIELD_MONEY, flags, 0, MONEY_MOST_P, NULL, NULL, help)
#define RATE_F(type, member, json, flags, help)                                                 \
	F(type, member, json, FIELD_RATE, flags, -MONEY_MOST_P * 100, MONEY_MOST_P * 100, NULL, \
	  NULL, help)
#define DAY_F(type, member, json, flags, help) \
	F(type, member, json, FIELD_DAY, flags, 0, 0, NULL, NULL, help)
#define INSTANT_F(type, member, json, flags, help) \
	F(type, member, json, FIELD_INSTANT, flags, 0, 0, NULL, NULL, help)
#define ID_F(type, member, flags, help) \
	F(type, member, #member, FIELD_ID, flags, 0, 0, NULL, NULL, help)
#define DIGEST_F(type, member, flags, help) \
	F(type, member, #member, FIELD_DIGEST, flags, 0, 0, NULL, NULL, help)
#define LIST_F(type, member, flags, least, most, of, help) \
	F(type, member, #member, FIELD_LIST, flags, least, most, of, NULL, help)
#define BOOL_F(type, member, flags, help) \
	F(type, member, #member, FIELD_BOOL, flags, 0, 0, NULL, NULL, help)
#define MAP_F(type, member, flags, most, help) \
	F(type, member, #member, FIELD_MAP, flags, 0, most, NULL, NULL, help)
#define WORDS_F(type, member, flags, least, most, names, help) \
	F(type, member, #member, FIELD_WORDS, flags, least, most, NULL, names, help)
#define OBJECT_F(type, member, flags, of, help) \
	F(type, member, #member, FIELD_OBJECT, flags, 0, 0, of, NULL, help)

#endif
