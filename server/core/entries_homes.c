/*
 * entries_homes.c - field tables: what is said of a home, move by move, and the facts they make.
 */
#include "concordat/core/fields.h"
#include "concordat/core/home.h"

const char *const home_move_names[] = {HOME_MOVES(WORDS_NAME) NULL};
const char *const home_fact_names[] = {HOME_FACTS(WORDS_NAME) NULL};
const char *const flag_level_names[] = {FLAG_LEVELS(WORDS_NAME) NULL};
const char *const home_duty_names[] = {HOME_DUTIES(WORDS_NAME) NULL};
static const char *const flag_reason_names[] = {FLAG_REASONS(WORDS_NAME) NULL};
static const char *const check_outcome_names[] = {CHECK_OUTCOMES(WORDS_NAME) NULL};

#define SCORE_MOST (INT64_C(100) * 10000)
#define DETAIL_MOST 2000
#define SCORE(flags)                                                                 \
	F(home_data, score_r, "score", FIELD_RATE, flags, 0, SCORE_MOST, NULL, NULL, \
	  "the compliance score, in percent")
#define TIER TEXT_F(home_data, tier, 0, 40, "the tier of accreditation, as agreements name it")
#define LEVEL(flags) ENUM_F(home_data, level, flags, flag_level_names, "green takes it down")
#define REASON(flags) ENUM_F(home_data, reason, flags, flag_reason_names, "what it is about")
#define DETAIL                                        \
	PERSONAL_F(home_data, detail, 0, DETAIL_MOST, \
		   "what was found, about the home; nothing about a person")
#define REFERENCE TEXT_F(home_data, reference, 0, 80, "the report or letter it rests on")
#define ANSWER(flags)                                     \
	PERSONAL_F(home_data, answer, flags, DETAIL_MOST, \
		   "the provider's answer, about the home; nothing about a person")
#define PLAN(flags)                              \
	PERSONAL_F(home_data, plan, flags, 4000, \
		   "what will be done and by whose office; nothing about a person")
#define HELP(flags) \
	PERSONAL_F(home_data, help, flags, DETAIL_MOST, "what is offered; nothing about a person")
#define PLACEMENT(flags) ID_F(home_data, placement, flags, "whose resident was checked on")
#define OUTCOME(flags) ENUM_F(home_data, outcome, flags, check_outcome_names, "how it is")
#define ON_DAY(name, flags, help) DAY_F(home_data, on_day, name, flags, help)

static const struct field score_fields[] = {
	SCORE(0),
	TIER,
	REFERENCE,
	ON_DAY("on", FIELD_REQUIRED, "the day from which it holds: of the assessment"),
};
static const struct field raise_fields[] = {LEVEL(FIELD_REQUIRED), REASON(0), DETAIL, REFERENCE};
static const struct field answer_fields[] = {ANSWER(FIELD_REQUIRED)};
static const struct field plan_fields[] = {
	PLAN(FIELD_REQUIRED), ON_DAY("on", FIELD_REQUIRED, "the day by which all of it is done")};
static const struct field help_fields[] = {HELP(FIELD_REQUIRED)};
static const struct field check_fields[] = {PLACEMENT(FIELD_REQUIRED), OUTCOME(FIELD_REQUIRED),
					    ON_DAY("on", FIELD_REQUIRED, "the day of the check")};

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
	[HOME_CONFIRM_CHECK] = SCHEMA("confirm_check", struct home_data, check_fields,
				      "A resident was checked on, because the flag is red"),
};

static const struct field home_data_fields[] = {
	ANSWER(0),
	DETAIL,
	ID_F(home_data, flag, DER, "the flag, from green back to green"),
	HELP(0),
	LEVEL(0),
	ON_DAY("on", 0, "of the score or the check; by when a plan is done"),
	OUTCOME(0),
	PLACEMENT(0),
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
	INT_F(home_opened, calendar_version, 0, 0, 0, "by which calendar it was counted"),
	INSTANT_F(home_opened, due_at_us, "due_at", REQ, "by when"),
	DAY_F(home_opened, due_day, "due_day", REQ, "its day"),
	ENUM_F(home_opened, duty, REQ, home_duty_names, "what is owed"),
	ENUM_F(home_opened, owed_by, REQ, side_names, "by which side"),
	ID_F(home_opened, placement, 0, "whose resident is to be checked on"),
	INT_F(home_opened, working_days, REQ, 1, 1000, "how long it may take"),
};
static TABLE(home_opened, struct home_opened, "An action due by a flag");

static const struct field home_fact_fields[] = {
	OBJECT_F(home_fact, actor, REQ, &home_actor_schema, "who"),
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
	OBJECT_F(home_fact, data, REQ, &home_data_schema, "what"),
	ENUM_F(home_fact, kind, REQ, home_fact_names, "what happened"),
	INSTANT_F(home_fact, recorded_at_us, "recorded_at", REQ, "when"),
};
TABLE(home_fact_view, struct home_fact, "An entry of a home's record, as a side sees it");

static const struct field home_beside_fields[] = {
	ID_F(home_beside, authority, 0,
	     "in whose record; required of a provider, for an authority its own"),
};
TABLE(home_beside, struct home_beside, "Beside every move in a home's record");

const struct schema *home_move_schema(enum home_move move)
{
	return move == HOME_TELL_FLAG ? NULL : &move_schemas[move];
}

struct text home_fact_body(struct arena *arena, const struct home_fact *fact)
{
	struct writer w;

	writer_init(&w, arena);
	schema_write(&w, &home_fact_schema, fact, AUDIENCE_FACT);
	return writer_text(&w);
}
