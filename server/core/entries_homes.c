/*
 * entries_homes.c - field tables: what is said of a home, move by move, and the facts they make;
 * and what of it a placement there is brought.
 */
#include "concordat/core/fields.h"
#include "concordat/core/home.h"
#include "entries_parts.h"

const char *const home_move_names[] = {HOME_MOVES(WORDS_NAME) NULL};
const char *const home_fact_names[] = {HOME_FACTS(WORDS_NAME) NULL};
static const char *const flag_reason_names[] = {FLAG_REASONS(WORDS_NAME) NULL};

#define SCORE_MOST (INT64_C(100) * 10000)
#define DETAIL_MOST 2000
#define SCORE(flags)                                                                 \
	F(home_data, score_r, "score", FIELD_RATE, flags, 0, SCORE_MOST, NULL, NULL, \
	  "the compliance score, in percent")
#define TIER TEXT_F(home_data, tier, 0, 40, "the tier of accreditation, as agreements name it")
#define CORRECTS                                                    \
	INT_F(home_data, corrects, 0, 1, 1000000,                   \
	      "the entry of this record whose score was wrong; it " \
	      "counts no more, and this one in its place")
#define LEVEL(flags) ENUM_F(home_data, level, flags, flag_level_names, "green takes it down")
#define REASON(flags) ENUM_F(home_data, reason, flags, flag_reason_names, "what it is about")
#define DETAIL                                                                            \
	PERSONAL_F(home_data, detail, 0, DETAIL_MOST,                                     \
		   "what was found, about the home; nothing about any one person, which " \
		   "belongs in their placement")
#define REFERENCE TEXT_F(home_data, reference, 0, 80, "the report or letter it rests on")
#define ANSWER(flags)                                     \
	PERSONAL_F(home_data, answer, flags, DETAIL_MOST, \
		   "the provider's answer, about the home; nothing about a person")
#define PLAN(flags)                              \
	PERSONAL_F(home_data, plan, flags, 4000, \
		   "what will be done and by whose office; nothing about a person")
#define HELP(flags) \
	PERSONAL_F(home_data, help, flags, DETAIL_MOST, "what is offered; nothing about a person")
#define ON_DAY(name, flags, help) DAY_F(home_data, on_day, name, flags, help)

static const struct field score_fields[] = {
	SCORE(0),  TIER,
	REFERENCE, ON_DAY("on", FIELD_REQUIRED, "the day from which it holds: of the assessment"),
	CORRECTS,
};
static const struct field raise_fields[] = {LEVEL(FIELD_REQUIRED), REASON(0), DETAIL, REFERENCE};
static const struct field answer_fields[] = {ANSWER(FIELD_REQUIRED)};
static const struct field plan_fields[] = {
	PLAN(FIELD_REQUIRED), ON_DAY("on", FIELD_REQUIRED, "the day by which all of it is done")};
static const struct field help_fields[] = {HELP(FIELD_REQUIRED)};
static const struct schema move_schemas[] = {
	[HOME_SCORE_QUALITY] = SCHEMA("score_quality", struct home_data, score_fields,
				      "How good a home was found to be, and from when"),
	[HOME_RAISE_FLAG] = SCHEMA("raise_flag", struct home_data, raise_fields,
				   "A home's flag goes up, or to another level, or down (green)"),
	[HOME_ANSWER_FLAG] = SCHEMA("answer_flag", struct home_data, answer_fields,
				    "The provider's answer, before other authorities are told"),
	[HOME_FILE_PLAN] = SCHEMA("file_improvement_plan", struct home_data, plan_fields,
				  "How the provider puts right what the flag is about"),
	[HOME_OFFER_HELP] = SCHEMA("offer_help", struct home_data, help_fields,
				   "What help the authority offers the home"),
};

static const struct field home_data_fields[] = {
	ANSWER(0),
	CORRECTS,
	DETAIL,
	INSTANT_F(home_data, due_at_us, "due_at", DER, "when what was not done in time was due"),
	ENUM_F(home_data, duty, DER, duty_names, "what that was"),
	INT_F(home_data, entry, DER, 1, SEQ_MOST, "the entry that began it"),
	ID_F(home_data, flag, DER, "the flag, from green back to green"),
	HELP(0),
	LEVEL(0),
	ON_DAY("on", 0, "of the score; by when a plan is done"),
	INT_F(home_data, n, DER, 1, 100, "its number there"),
	ENUM_F(home_data, outcome, DER, check_outcome_names, "by earlier releases: of a check"),
	ENUM_F(home_data, owed_by, DER, side_names, "by which side it was owed"),
	ID_F(home_data, placement, DER, "by earlier releases: whose resident was looked at"),
	PLAN(0),
	INSTANT_F(home_data, raised_at_us, "raised_at", DER, "when the flag told was raised"),
	ENUM_F(home_data, raised_by, DER, side_names, "which side raised the flag told"),
	REASON(0),
	REFERENCE,
	SCORE(0),
	TIER,
};
TABLE(home_data, struct home_data, "What was said of the home");

static const struct field home_actor_fields[] = {
	ID_F(home_actor, organisation, 0, "whose"),
	ENUM_F(home_actor, side, REQ, side_names, "which side"),
	ID_F(home_actor, user, 0, "who"),
};
static TABLE(home_actor, struct home_actor, "Who recorded it");

static const struct field home_opened_fields[] = {
	INSTANT_F(home_opened, anchor_us, "anchor", 0, "what it counts from"),
	INT_F(home_opened, calendar_version, 0, 0, 0, "by which calendar it was counted"),
	INT_F(home_opened, count, 0, 1, 1000, "how many units"),
	INSTANT_F(home_opened, due_at_us, "due_at", REQ, "by when"),
	DAY_F(home_opened, due_day, "due_day", REQ, "its day"),
	ENUM_F(home_opened, duty, REQ, duty_names, "what is owed"),
	DAY_F(home_opened, nominal_day, "nominal_day", 0, "the day before rolling"),
	ENUM_F(home_opened, owed_by, REQ, side_names, "by which side"),
	ID_F(home_opened, placement, 0, "by earlier releases: whose resident"),
	BOOL_F(home_opened, provisional, 0, "past the loaded calendar"),
	ENUM_F(home_opened, roll, 0, roll_names, "how it rolls"),
	ENUM_F(home_opened, unit, 0, unit_names, "the rule's unit"),
	INT_F(home_opened, working_days, 0, 1, 1000, "by earlier releases: the rule"),
};
static TABLE(home_opened, struct home_opened, "An action due by a flag");

static const struct field home_change_fields[] = {
	INT_F(home_change, calendar_version, REQ, 0, 0, "by which calendar it is counted now"),
	DAY_F(home_change, due_day, "due_day", REQ, "its day now"),
	INT_F(home_change, entry, REQ, 1, SEQ_MOST, "the entry that began it"),
	INT_F(home_change, n, REQ, 1, 100, "its number there"),
	INSTANT_F(home_change, new_due_at_us, "new_due_at", REQ, "by when it is due now"),
	DAY_F(home_change, nominal_day, "nominal_day", REQ, "the day before rolling"),
	INSTANT_F(home_change, old_due_at_us, "old_due_at", REQ, "by when it was due"),
	BOOL_F(home_change, provisional, 0, "past the loaded calendar"),
};
static TABLE(home_change, struct home_change, "A date moved by a newer calendar");

static const struct field home_fact_fields[] = {
	OBJECT_F(home_fact, actor, REQ, &home_actor_schema, "who"),
	LIST_F(home_fact, changes, 0, 0, 1000, &home_change_schema, "dates that moved"),
	OBJECT_F(home_fact, data, REQ, &home_data_schema, "what"),
	ENUM_F(home_fact, kind, REQ, home_fact_names, "what happened"),
	INSTANT_F(home_fact, occurred_at_us, "occurred_at", REQ, "when"),
	LIST_F(home_fact, opens, 0, 0, 1000, &home_opened_schema, "what is owed by it"),
	TEXT_F(home_fact, protocol, REQ, 60, "the authority's protocol"),
	INT_F(home_fact, v, REQ, 1, 1, "the form"),
};
TABLE(home_fact, struct home_fact, "An entry of a home's record");

/* Without what is the service's own, or the authority's alone. */
static const struct field home_fact_view_fields[] = {
	OBJECT_F(home_fact, actor, REQ, &home_actor_schema, "who"),
	LIST_F(home_fact, changes, 0, 0, 1000, &home_change_schema, "dates that moved"),
	OBJECT_F(home_fact, data, REQ, &home_data_schema, "what"),
	ENUM_F(home_fact, kind, REQ, home_fact_names, "what happened"),
	INSTANT_F(home_fact, recorded_at_us, "recorded_at", REQ, "when"),
};
TABLE(home_fact_view, struct home_fact, "An entry of a home's record, as a side sees it");

static const struct field home_beside_fields[] = {
	ID_F(home_beside, authority, 0,
	     "in whose record; required of a provider, for an authority its "
	     "own"),
};
TABLE(home_beside, struct home_beside, "Beside every move in a home's record");

const struct schema *home_move_schema(enum home_move move)
{
	return move >= HOME_TELL_FLAG ? NULL : &move_schemas[move];
}

/* ---- what a placement is brought ---- */

static const struct field apply_quality_fields[] = {
	ID_F(apply_quality, home, DER, "the home"),
	INT_F(apply_quality, home_entry, DER, 1, SEQ_MOST, "the entry of the home's record"),
	DAY_F(apply_quality, from_day, "from", DER, "the day from which it holds"),
	RATE_F(apply_quality, score_r, "score", DER, "the compliance score, in percent"),
	TEXT_F(apply_quality, tier, DER, 40, "the tier of accreditation"),
	INT_F(apply_quality, corrects, DER, 1, SEQ_MOST,
	      "the entry of the home's record that counts no more"),
};
TABLE(apply_quality, struct apply_quality, "The fee follows the home's score by the terms");

static const struct field apply_flag_fields[] = {
	ID_F(apply_flag, home, DER, "the home"),
	INT_F(apply_flag, home_entry, DER, 0, SEQ_MOST, "the entry of the home's record"),
	ENUM_F(apply_flag, level, DER, flag_level_names, "where the flag is"),
};
TABLE(apply_flag, struct apply_flag, "The flag of the home is red, or red no longer");

static const struct field confirm_check_fields[] = {
	ENUM_F(confirm_check, outcome, REQ, check_outcome_names, "how it is"),
	DAY_F(confirm_check, on_day, "on", REQ, "the day of the check"),
	PERSONAL_F(confirm_check, detail, 0, DETAIL_MOST, "what was found, and what is done"),
};
TABLE(confirm_check, struct confirm_check,
      "Somebody looked at how the person is, because the flag of the home is "
      "red");

struct text home_fact_body(struct arena *arena, const struct home_fact *fact)
{
	struct writer w;

	writer_init(&w, arena);
	schema_write(&w, &home_fact_schema, fact, AUDIENCE_FACT);
	return writer_text(&w);
}
