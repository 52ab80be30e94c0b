/*
 * timescale.c - the standard protocol's times as data, and its document.
 *
 * Three months for the review comes from the good-practice protocol "Fair
 * Price, Fair Care"; every other figure is our default, which an authority changes by adopting its
 * own version of reference/protocols/standard-1.json. That file is printed from this table.
 */
#include "concordat/core/fields.h"
#include "concordat/core/protocol.h"

const char *const when_not_done_names[] = {"miss", "lapse", "lapse_unless_started", NULL};

#define WD(n)                                   \
	{                                       \
		UNIT_WORKING_DAYS, n, ROLL_NONE \
	}
#define HOURS(n)                         \
	{                                \
		UNIT_HOURS, n, ROLL_NONE \
	}
#define DAYS_BACK(n)                    \
	{                               \
		UNIT_DAYS, n, ROLL_BACK \
	}
#define DAYS_FORWARD(n)                    \
	{                                  \
		UNIT_DAYS, n, ROLL_FORWARD \
	}
#define MONTHS_BACK(n)                    \
	{                                 \
		UNIT_MONTHS, n, ROLL_BACK \
	}
#define SITTING                            \
	{                                  \
		UNIT_WEEKDAY, 3, ROLL_NONE \
	}
#define SAME(rule)               \
	{                        \
		rule, rule, rule \
	}
#define LIST(array)                                                 \
	{                                                           \
		(void *)(array), sizeof(array) / sizeof((array)[0]) \
	}
#define NONE            \
	{               \
		NULL, 0 \
	}
#define BEFORE_WD(n)                 \
	{                            \
		n, UNIT_WORKING_DAYS \
	}
#define BEFORE_DAYS(n)       \
	{                    \
		n, UNIT_DAYS \
	}

static const struct reminder one_wd[] = {BEFORE_WD(1)};
static const struct reminder two_wd[] = {BEFORE_WD(2)};
static const struct reminder three_wd[] = {BEFORE_WD(3)};
static const struct reminder two_and_one_wd[] = {BEFORE_WD(2), BEFORE_WD(1)};
static const struct reminder three_and_one_wd[] = {BEFORE_WD(3), BEFORE_WD(1)};
static const struct reminder five_and_two_wd[] = {BEFORE_WD(5), BEFORE_WD(2)};
static const struct reminder seven_days[] = {BEFORE_DAYS(7)};
static const struct reminder first_review[] = {BEFORE_DAYS(14), BEFORE_DAYS(7)};
static const struct reminder three_month[] = {BEFORE_DAYS(28), BEFORE_DAYS(14), BEFORE_DAYS(7)};
static const struct reminder before_the_end[] = {BEFORE_DAYS(84), BEFORE_DAYS(28), BEFORE_DAYS(14),
						 BEFORE_DAYS(7)};
static const struct reminder yearly[] = {BEFORE_DAYS(56), BEFORE_DAYS(28), BEFORE_DAYS(14)};

#define TITLE "The standard protocol"
#define NOTE                                                                                     \
	"Three months for the review follows the good-practice protocol Fair Price, Fair Care. " \
	"Every other figure is this project's default: adopt your own version to change it."

static const struct protocol standard =
	{
		.id = {"standard", 8},
		.title = {TITLE, sizeof(TITLE) - 1},
		.note = {NOTE, sizeof(NOTE) - 1},
		.version = 1,
		.timescales =
			{
				[DUTY_DECIDE_AT_PANEL] = {DUTY_DECIDE_AT_PANEL,
							  {SITTING, WD(1), HOURS(4)},
							  LIST(two_wd),
							  NOT_DONE_MISS,
							  NO_INT},
				[DUTY_ACKNOWLEDGE] = {DUTY_ACKNOWLEDGE,
						      {WD(2), HOURS(4), HOURS(4)},
						      NONE,
						      NOT_DONE_MISS,
						      NO_INT},
				[DUTY_MAKE_OFFER] = {DUTY_MAKE_OFFER,
						     {WD(10), HOURS(48), HOURS(24)},
						     LIST(three_and_one_wd),
						     NOT_DONE_LAPSE,
						     NO_INT},
				[DUTY_ANSWER] = {DUTY_ANSWER,
						 {WD(3), HOURS(4), HOURS(4)},
						 LIST(one_wd),
						 NOT_DONE_MISS,
						 NO_INT},
				[DUTY_WAIT_FOR_ANSWER] = {DUTY_WAIT_FOR_ANSWER,
							  {WD(20), HOURS(48), HOURS(24)},
							  NONE,
							  NOT_DONE_LAPSE,
							  NO_INT},
				[DUTY_RESPOND] = {DUTY_RESPOND,
						  {WD(5), HOURS(24), HOURS(4)},
						  LIST(two_and_one_wd),
						  NOT_DONE_MISS,
						  NO_INT},
				[DUTY_OFFER_STANDS] = {DUTY_OFFER_STANDS, SAME(WD(20)), NONE,
						       NOT_DONE_LAPSE, NO_INT},
				[DUTY_AFTER_REJECTION] = {DUTY_AFTER_REJECTION, SAME(WD(10)),
							  LIST(three_wd),
							  NOT_DONE_LAPSE_UNLESS_STARTED, 7},
				[DUTY_OFFER_AGAIN] = {DUTY_OFFER_AGAIN,
						      {WD(5), HOURS(24), HOURS(24)},
						      LIST(two_wd),
						      NOT_DONE_MISS,
						      NO_INT},
				[DUTY_ROUND_STANDS] = {DUTY_ROUND_STANDS, SAME(WD(20)), NONE,
						       NOT_DONE_LAPSE_UNLESS_STARTED, 7},
				[DUTY_SIGN] = {DUTY_SIGN, SAME(WD(5)),
					       LIST(two_and_one_wd), NOT_DONE_MISS, NO_INT},
				[DUTY_ACCEPTANCE_STANDS] = {DUTY_ACCEPTANCE_STANDS, SAME(WD(20)),
							    NONE, NOT_DONE_LAPSE_UNLESS_STARTED, 7},
				[DUTY_CONFIRM_START] = {DUTY_CONFIRM_START, SAME(WD(2)),
							LIST(one_wd), NOT_DONE_MISS, NO_INT},
				[DUTY_FIRST_REVIEW] = {DUTY_FIRST_REVIEW, SAME(DAYS_BACK(56)),
						       LIST(first_review), NOT_DONE_MISS, NO_INT},
				[DUTY_THREE_MONTH_REVIEW] = {DUTY_THREE_MONTH_REVIEW,
							     SAME(MONTHS_BACK(3)),
							     LIST(three_month), NOT_DONE_MISS, 7},
				[DUTY_YEARLY_REVIEW] = {DUTY_YEARLY_REVIEW,
							SAME(MONTHS_BACK(12)), LIST(yearly),
							NOT_DONE_MISS, 30},
				[DUTY_RECORD_INVOLVEMENT] = {DUTY_RECORD_INVOLVEMENT, SAME(WD(5)),
							     LIST(one_wd), NOT_DONE_MISS, NO_INT},
				[DUTY_OPEN_OFFERS] = {DUTY_OPEN_OFFERS,
						      {WD(10), HOURS(48), HOURS(24)},
						      NONE,
						      NOT_DONE_LAPSE,
						      NO_INT},
				[DUTY_CONSENT_TO_MEDIATION] = {DUTY_CONSENT_TO_MEDIATION,
							       SAME(WD(5)), LIST(two_wd),
							       NOT_DONE_LAPSE, NO_INT},
				[DUTY_AGREE_MEDIATOR] = {DUTY_AGREE_MEDIATOR, SAME(WD(10)),
							 LIST(three_wd), NOT_DONE_MISS, NO_INT},
				/* ten to agree one, then the appointing body's four */
				[DUTY_APPOINT_MEDIATOR] = {DUTY_APPOINT_MEDIATOR, SAME(WD(14)),
							   NONE, NOT_DONE_LAPSE, NO_INT},
				[DUTY_MEDIATE] = {DUTY_MEDIATE, SAME(DAYS_FORWARD(28)),
						  LIST(seven_days), NOT_DONE_LAPSE, NO_INT},
				[DUTY_DISPUTE_ENTRY] = {DUTY_DISPUTE_ENTRY, SAME(WD(5)), NONE,
							NOT_DONE_LAPSE, NO_INT},
				[DUTY_CHALLENGE_UPLIFT] = {DUTY_CHALLENGE_UPLIFT, SAME(WD(15)),
							   LIST(five_and_two_wd),
							   NOT_DONE_LAPSE, NO_INT},
				[DUTY_REQUESTED_REVIEW] = {DUTY_REQUESTED_REVIEW,
							   {DAYS_BACK(28), WD(5), WD(5)},
							   LIST(first_review),
							   NOT_DONE_MISS,
							   7},
				[DUTY_RECALCULATE] = {DUTY_RECALCULATE,
						      SAME(WD(10)), LIST(three_wd), NOT_DONE_MISS,
						      NO_INT},
				[DUTY_EXIT_PLAN] = {DUTY_EXIT_PLAN,
						    {WD(10), WD(2), WD(2)},
						    LIST(three_wd),
						    NOT_DONE_MISS,
						    NO_INT},
				[DUTY_HANDOVER_PLAN] = {DUTY_HANDOVER_PLAN,
							{WD(10), WD(2), WD(2)},
							LIST(three_wd),
							NOT_DONE_MISS,
							NO_INT},
				[DUTY_ACKNOWLEDGE_COMPLAINT] = {DUTY_ACKNOWLEDGE_COMPLAINT,
								SAME(WD(3)), LIST(one_wd),
								NOT_DONE_MISS, NO_INT},
				[DUTY_ANSWER_COMPLAINT] = {DUTY_ANSWER_COMPLAINT, SAME(WD(10)),
							   LIST(three_wd), NOT_DONE_MISS, NO_INT},
				[DUTY_CONFIRM_EXISTING_AGREEMENT] =
					{DUTY_CONFIRM_EXISTING_AGREEMENT, SAME(WD(10)),
					 LIST(three_wd), NOT_DONE_MISS, 7},
				[DUTY_CONSENT_TO_NOVATION] =
					{DUTY_CONSENT_TO_NOVATION, SAME(WD(10)),
					 LIST(three_and_one_wd), NOT_DONE_LAPSE, NO_INT},
				/* counted from the last day of the agreement or the stay */
				[DUTY_END_OR_EXTEND] = {DUTY_END_OR_EXTEND,
							SAME(DAYS_FORWARD(2)), LIST(before_the_end),
							NOT_DONE_MISS, 7},
				[DUTY_CONFIRM_CHECK] = {DUTY_CONFIRM_CHECK, SAME(WD(2)),
							LIST(one_wd), NOT_DONE_MISS, 1},
				/* of a home: amber as ordinary, red as emergency */
				[DUTY_ANSWER_FLAG] = {DUTY_ANSWER_FLAG,
						      {WD(5), WD(2), WD(2)},
						      LIST(one_wd),
						      NOT_DONE_MISS,
						      NO_INT},
				[DUTY_IMPROVEMENT_PLAN] = {DUTY_IMPROVEMENT_PLAN,
							   {WD(10), WD(3), WD(3)},
							   LIST(one_wd),
							   NOT_DONE_MISS,
							   7},
				[DUTY_OFFER_HELP] = {DUTY_OFFER_HELP, SAME(WD(3)), LIST(one_wd),
						     NOT_DONE_MISS, 7},
				[DUTY_SIGNED_TERMS] = {DUTY_SIGNED_TERMS, SAME(WD(20)),
						       LIST(five_and_two_wd), NOT_DONE_MISS, 7},
			},
		.offer_soon = WD(5),
		.offer_soon_within_days = 28,
		.recalculation_within_days = 28,
};

const struct protocol *protocol_standard(void)
{
	return &standard;
}

/* ---- the document ---- */

struct rule_row {
	int32_t unit;
	int64_t count;
	int32_t roll;
};

struct timescale_row {
	int32_t duty;
	struct rule_row ordinary, discharge, emergency;
	struct list reminders;
	int32_t when_not_done;
	int64_t repeat_days;
};

struct protocol_document {
	struct text id, title, note;
	int64_t version;
	struct list timescales;
	struct rule_row offer_soon;
	int64_t offer_soon_within_days;
	int64_t recalculation_within_days;
};

#define RULE(type, member, help) OBJECT_F(type, member, REQ, &rule_row_schema, help)

static const struct field rule_row_fields[] = {
	ENUM_F(rule_row, unit, REQ, unit_names, "what is counted"),
	INT_F(rule_row, count, REQ, 1, 1000, "how many; for weekday 1 is Monday"),
	ENUM_F(rule_row, roll, REQ, roll_names, "on a day that is no working day"),
};
static const struct schema rule_row_schema =
	SCHEMA("rule", struct rule_row, rule_row_fields, "A timescale");

static const struct field reminder_fields[] = {
	INT_F(reminder, before, REQ, 1, 365, "how many before the due day"),
	ENUM_F(reminder, unit, REQ, unit_names, "working_days or days"),
};
static const struct schema reminder_schema =
	SCHEMA("reminder", struct reminder, reminder_fields, "A reminder at 09:00");

static const struct field timescale_row_fields[] = {
	ENUM_F(timescale_row, duty, REQ, duty_names, "what is owed"),
	RULE(timescale_row, ordinary, "ordinarily"),
	RULE(timescale_row, discharge, "for a hospital discharge"),
	RULE(timescale_row, emergency, "in an emergency"),
	LIST_F(timescale_row, reminders, 0, 0, 8, &reminder_schema, "reminders before"),
	ENUM_F(timescale_row, when_not_done, REQ, when_not_done_names,
	       "what follows when it is not done"),
	INT_F(timescale_row, repeat_days, 0, 1, 365, "after a miss, told again every so many days"),
};
static const struct schema timescale_row_schema =
	SCHEMA("timescale", struct timescale_row, timescale_row_fields, "One timescale");

static const struct field protocol_document_fields[] = {
	TEXT_F(protocol_document, id, REQ, 60, "the protocol"),
	INT_F(protocol_document, version, REQ, 1, 10000, "its version"),
	TEXT_F(protocol_document, title, 0, 200, "title"),
	TEXT_F(protocol_document, note, 0, 2000, "where its figures come from"),
	LIST_F(protocol_document, timescales, REQ, 1, DUTY_COUNT, &timescale_row_schema,
	       "every timescale once"),
	RULE(protocol_document, offer_soon, "make an offer, when the start is near"),
	INT_F(protocol_document, offer_soon_within_days, REQ, 0, 365,
	      "how near, in days from the invitation"),
	INT_F(protocol_document, recalculation_within_days, REQ, 1, 365,
	      "how near a review, before its day or after, the calculation may be asked for again "
	      "and feedback be given"),
};
const struct schema protocol_document_schema =
	SCHEMA("protocol", struct protocol_document, protocol_document_fields,
	       "A protocol's times, thresholds and consequences");

static struct rule_row row_of(struct rule rule)
{
	return (struct rule_row){(int32_t)rule.unit, rule.count, (int32_t)rule.roll};
}

static struct rule rule_of(struct rule_row row)
{
	return (struct rule){(enum unit)row.unit, (int32_t)row.count, (enum roll)row.roll};
}

struct text protocol_write(struct arena *arena, const struct protocol *protocol)
{
	struct timescale_row *rows = arena_array(arena, struct timescale_row, DUTY_COUNT);
	struct protocol_document document = {
		.id = protocol->id,
		.version = protocol->version,
		.title = protocol->title,
		.note = protocol->note,
		.timescales = {rows, DUTY_COUNT},
		.offer_soon = row_of(protocol->offer_soon),
		.offer_soon_within_days = protocol->offer_soon_within_days,
		.recalculation_within_days = protocol->recalculation_within_days,
	};
	struct writer w;

	for (size_t i = 0; i < DUTY_COUNT; i++) {
		const struct timescale *t = &protocol->timescales[i];

		rows[i] = (struct timescale_row){
			.duty = t->duty,
			.ordinary = row_of(t->by_urgency[URGENCY_ORDINARY]),
			.discharge = row_of(t->by_urgency[URGENCY_DISCHARGE]),
			.emergency = row_of(t->by_urgency[URGENCY_EMERGENCY]),
			.reminders = t->reminders,
			.when_not_done = t->when_not_done,
			.repeat_days = t->repeat_days,
		};
	}
	writer_init(&w, arena);
	schema_write(&w, &protocol_document_schema, &document, AUDIENCE_COMMISSIONER);
	return writer_text(&w);
}

/* Each row in its place, and which duties have one; false when one has two. */
static bool take_rows(struct arena *arena, const struct protocol_document *document,
		      struct protocol *out, size_t places[DUTY_COUNT], uint64_t *seen,
		      struct flaw *flaw)
{
	const struct timescale_row *rows = document->timescales.items;

	for (size_t i = 0; i < document->timescales.count; i++) {
		const struct timescale_row *row = &rows[i];

		if (*seen & BIT(row->duty)) {
			flaw->pointer = text_printf(arena, "/timescales/%zu/duty", i);
			flaw->sentence = text_printf(
				arena, "The timescale %s stands twice; every duty must stand once.",
				duty_names[row->duty]);
			return false;
		}
		*seen |= BIT(row->duty);
		places[row->duty] = i;
		out->timescales[row->duty] = (struct timescale){
			.duty = row->duty,
			.by_urgency = {rule_of(row->ordinary), rule_of(row->discharge),
				       rule_of(row->emergency)},
			.reminders = row->reminders,
			.when_not_done = row->when_not_done,
			.repeat_days = row->repeat_days,
		};
	}
	return true;
}

static bool refuse_missing(struct arena *arena, uint64_t missing, struct flaw *flaw)
{
	int duty = 0;

	while (!(missing & BIT(duty)))
		duty++;
	flaw->pointer = TEXT("/timescales");
	flaw->sentence =
		text_printf(arena, "The timescale %s is missing; every duty must stand once.",
			    duty_names[duty]);
	return false;
}

static bool from_document(struct arena *arena, const struct protocol_document *document,
			  bool stored, struct protocol *out, struct flaw *flaw)
{
	static const struct protocol_table table = {protocol_move, protocol_lapse};
	size_t places[DUTY_COUNT] = {0};
	uint64_t seen = 0;

	*out = (struct protocol){
		.id = document->id,
		.version = document->version,
		.title = document->title,
		.note = document->note,
		.offer_soon = rule_of(document->offer_soon),
		.offer_soon_within_days = document->offer_soon_within_days,
		.recalculation_within_days = document->recalculation_within_days,
	};
	if (!take_rows(arena, document, out, places, &seen, flaw))
		return false;
	out->filled = (BIT(DUTY_COUNT) - 1) & ~seen;
	if (out->filled && !stored)
		return refuse_missing(arena, out->filled, flaw);
	for (int duty = 0; duty < DUTY_COUNT; duty++)
		if (out->filled & BIT(duty))
			out->timescales[duty] = standard.timescales[duty];
	return protocol_table_check(arena, &table, flaw) &&
	       protocol_times_check(arena, out, places, flaw);
}

bool protocol_from_document(struct arena *arena, const struct protocol_document *document,
			    struct protocol *out, struct flaw *flaw)
{
	return from_document(arena, document, false, out, flaw);
}

bool protocol_from_stored(struct arena *arena, const struct protocol_document *document,
			  struct protocol *out, struct flaw *flaw)
{
	return from_document(arena, document, true, out, flaw);
}

bool protocol_agrees(struct arena *arena, const struct protocol *stored,
		     const struct protocol *other)
{
	struct protocol same = *other;

	for (int duty = 0; duty < DUTY_COUNT; duty++)
		if (stored->filled & BIT(duty))
			same.timescales[duty] = stored->timescales[duty];
	return text_eq(protocol_write(arena, stored), protocol_write(arena, &same));
}
