/*
 * protocol_check.c - whether a protocol is sound, asked when it is loaded.
 *
 * Two halves: the table of moves, which is C and the same for every protocol (every stage can end,
 * no move is out of reach, no duty without an owner or an end), and the times, which are data and
 * must fit each other. Lengths in different units are compared by the calendar's usual run: five
 * working days are a week.
 */
#include "concordat/core/protocol.h"

/* Fifths of an hour, so that a working day, 7/5 of a day, is whole. */
#define ONE_HOUR INT64_C(5)
#define ONE_DAY (24 * ONE_HOUR)
#define ONE_WORKING_DAY (ONE_DAY * 7 / 5)
#define LONGEST (732 * ONE_DAY)

static bool refuse(struct flaw *flaw, struct text pointer, struct text sentence)
{
	*flaw = (struct flaw){pointer, sentence};
	return false;
}

/* ---- the table ---- */

#define RESTING (BIT(STAGE_IN_FORCE) | BIT(STAGE_ENDED))

/* Every stage that can come after one of these. */
static uint64_t stages_after(const struct protocol_table *table, uint64_t stages, bool from_start)
{
	uint64_t before;

	do {
		before = stages;
		for (int move = 0; move < MOVE_COUNT; move++) {
			const struct move_row *row = table->move((enum move)move);

			for (size_t i = 0; i < row->lead_count; i++)
				if (row->leads[i].from ? (row->leads[i].from & stages) != 0
						       : from_start)
					stages |= BIT(row->leads[i].to);
		}
	} while (stages != before);
	return stages;
}

static bool stages_are_sound(struct arena *arena, const struct protocol_table *table,
			     struct flaw *flaw)
{
	uint64_t reached = stages_after(table, 0, true);

	for (int stage = 0; stage < STAGE_COUNT; stage++) {
		if (!(reached & BIT(stage)))
			return refuse(flaw, TEXT(""),
				      text_printf(arena, "No move leads to the stage %s.",
						  stage_names[stage]));
		if (!(stages_after(table, BIT(stage), false) & RESTING))
			return refuse(flaw, TEXT(""),
				      text_printf(arena,
						  "The stage %s cannot end: no moves lead from it "
						  "to an agreement in force or to the end.",
						  stage_names[stage]));
	}
	return true;
}

static bool move_is_sound(struct arena *arena, const struct move_row *row, struct flaw *flaw)
{
	if (!row->sides)
		return refuse(
			flaw, TEXT(""),
			text_printf(arena, "The move %s is nobody's.", move_names[row->move]));
	for (int side = 0; side < SIDE_COUNT; side++)
		if (row->sides & BIT(side) && side != SIDE_TIME &&
		    !move_roles(row, (enum side)side))
			return refuse(flaw, TEXT(""),
				      text_printf(arena,
						  "The move %s is the %s's, but no role of theirs "
						  "may make it.",
						  move_names[row->move], side_names[side]));
	for (size_t i = 0; i < row->lead_count; i++) {
		if (row->leads[i].from & ~row->stages)
			return refuse(flaw, TEXT(""),
				      text_printf(arena,
						  "The move %s leads from a stage in which it "
						  "cannot be made.",
						  move_names[row->move]));
		if (row->leads[i].from & BIT(STAGE_ENDED))
			return refuse(flaw, TEXT(""),
				      text_printf(arena, "The move %s leads on after the end.",
						  move_names[row->move]));
	}
	return true;
}

/* The sides that may come to owe it by this start; 0: nobody, it runs out or is a right. */
static uint64_t owing_sides(const struct start *start, uint64_t movers)
{
	switch (start->owed) {
	case OWED_BY_MOVER:
		return movers & ~BIT(SIDE_TIME);
	case OWED_BY_OTHER:
	case OWED_BY_BOTH:
		return BIT(SIDE_COMMISSIONER) | BIT(SIDE_PROVIDER);
	case OWED_BY_COMMISSIONER:
		return BIT(SIDE_COMMISSIONER);
	case OWED_BY_PROVIDER:
		return BIT(SIDE_PROVIDER);
	case OWED_BY_MEDIATOR:
		return BIT(SIDE_MEDIATOR);
	case OWED_BY_EITHER:
	case OWED_BY_NOBODY:
		break;
	}
	return 0;
}

struct duty_walk {
	bool started, is_right;	 /* somewhere owed by either or nobody */
	uint64_t owing, meeting; /* bits of enum side */
};

static void walk_starts(struct duty_walk *walk, enum duty duty, const struct start *starts,
			size_t count, uint64_t movers)
{
	for (size_t i = 0; i < count; i++) {
		if (starts[i].duty != duty)
			continue;
		walk->started = true;
		walk->owing |= owing_sides(&starts[i], movers);
		if (!owing_sides(&starts[i], movers))
			walk->is_right = true;
	}
}

static struct duty_walk walk_duty(const struct protocol_table *table, enum duty duty)
{
	struct duty_walk walk = {0};

	for (int move = 0; move < MOVE_COUNT; move++) {
		const struct move_row *row = table->move((enum move)move);

		walk_starts(&walk, duty, row->starts, row->start_count, row->sides);
		if (row->meets & BIT(duty))
			walk.meeting |= row->sides;
	}
	for (int lapsing = 0; lapsing < DUTY_COUNT; lapsing++) {
		const struct lapse_row *row = table->lapse((enum duty)lapsing);

		if (row)
			walk_starts(&walk, duty, row->starts, row->start_count,
				    BIT(SIDE_COMMISSIONER) | BIT(SIDE_PROVIDER));
	}
	return walk;
}

/* What no row starts is a right that stands beside what somebody else entered (behalf.c). */
static bool duty_is_sound(struct arena *arena, const struct protocol_table *table, enum duty duty,
			  struct flaw *flaw)
{
	struct duty_walk walk = walk_duty(table, duty);

	if (table->lapse(duty) || BIT(duty) & HOME_DUTIES)
		return true;
	if (!walk.started || walk.is_right)
		return refuse(flaw, TEXT(""),
			      text_printf(arena,
					  "Nobody owes %s, so it must lapse: it has no other end.",
					  duty_names[duty]));
	for (int side = 0; side < SIDE_COUNT; side++)
		if (walk.owing & ~walk.meeting & BIT(side))
			return refuse(flaw, TEXT(""),
				      text_printf(arena,
						  "The %s may owe %s and has no move that meets "
						  "it.",
						  side_names[side], duty_names[duty]));
	return true;
}

/* The clocks that go on by themselves, should nobody let them, once what this move starts lapses.
 */
static uint64_t resumed_in_the_end(const struct protocol_table *table, const struct move_row *row)
{
	const struct lapse_row *lapse;
	uint64_t resumed = 0;

	for (size_t i = 0; i < row->start_count; i++) {
		lapse = table->lapse(row->starts[i].duty);
		if (lapse && !row->starts[i].when)
			resumed |= lapse->resumes;
	}
	return resumed;
}

static bool pauses_are_sound(struct arena *arena, const struct protocol_table *table,
			     const struct move_row *row, struct flaw *flaw)
{
	uint64_t for_ever = row->pauses & ~resumed_in_the_end(table, row);

	for (int duty = 0; duty < DUTY_COUNT; duty++)
		if (for_ever & BIT(duty))
			return refuse(flaw, TEXT(""),
				      text_printf(arena,
						  "The move %s pauses %s, and nothing that it "
						  "starts lets it go on in the end.",
						  move_names[row->move], duty_names[duty]));
	return true;
}

bool protocol_table_check(struct arena *arena, const struct protocol_table *table,
			  struct flaw *flaw)
{
	for (int move = 0; move < MOVE_COUNT; move++)
		if (!move_is_sound(arena, table->move((enum move)move), flaw) ||
		    !pauses_are_sound(arena, table, table->move((enum move)move), flaw))
			return false;
	for (int duty = 0; duty < DUTY_COUNT; duty++)
		if (!duty_is_sound(arena, table, (enum duty)duty, flaw))
			return false;
	return stages_are_sound(arena, table, flaw);
}

/* ---- the times ---- */

static int64_t length_of(struct rule rule)
{
	switch (rule.unit) {
	case UNIT_HOURS:
		return rule.count * ONE_HOUR;
	case UNIT_WORKING_DAYS:
		return rule.count * ONE_WORKING_DAY;
	case UNIT_DAYS:
		return rule.count * ONE_DAY;
	case UNIT_MONTHS:
		return rule.count * 30 * ONE_DAY;
	case UNIT_WEEKDAY:
		break;
	}
	return 7 * ONE_DAY;
}

struct checking {
	struct arena *arena;
	const struct protocol *protocol;
	const size_t *rows;
	struct flaw *flaw;
};

static const char *words(const struct checking *c, struct rule rule)
{
	return text_cstr(c->arena, rule_text(c->arena, rule));
}

static bool refuse_at(const struct checking *c, enum duty duty, const char *member,
		      struct text sentence)
{
	return refuse(c->flaw, text_printf(c->arena, "/timescales/%zu/%s", c->rows[duty], member),
		      sentence);
}

/* False and what is wrong with it; is_sitting: the panel may wait for a weekday. */
static bool rule_fits(struct rule rule, bool is_sitting, struct text *why)
{
	bool can_roll = rule.unit == UNIT_DAYS || rule.unit == UNIT_MONTHS;

	if (!rule_is_sound(rule))
		*why = TEXT("Count from 1; a weekday runs from 1, Monday, to 7.");
	else if (rule.unit == UNIT_WEEKDAY && !is_sitting)
		*why = TEXT("A weekday is for decide_at_panel alone. Use hours, working_days, days "
			    "or months.");
	else if (rule.roll != ROLL_NONE && !can_roll)
		*why = TEXT("Only days and months roll. Use roll none.");
	else if (length_of(rule) > LONGEST)
		*why = TEXT("This is more than two years. Choose a shorter time.");
	else
		return true;
	return false;
}

static bool counts_without_calendar(struct rule rule)
{
	return rule.unit == UNIT_DAYS || rule.unit == UNIT_MONTHS;
}

static bool rules_fit(const struct checking *c, const struct timescale *t)
{
	struct text why;

	for (int urgency = 0; urgency < URGENCY_COUNT; urgency++) {
		if (!rule_fits(t->by_urgency[urgency], t->duty == DUTY_DECIDE_AT_PANEL, &why))
			return refuse_at(c, (enum duty)t->duty, urgency_names[urgency], why);
		if (t->duty == DUTY_END_OR_EXTEND &&
		    !counts_without_calendar(t->by_urgency[urgency]))
			return refuse_at(c, DUTY_END_OR_EXTEND, urgency_names[urgency],
					 TEXT("It is counted from a last day that may lie years "
					      "ahead, where bank holidays are not known yet. Use "
					      "days or months."));
	}
	return true;
}

/* The longest of the three that reminders go with: none goes before a clock of hours. That of an
 * end begins on the last day, and its reminders go long before. */
static struct rule reminded_rule(const struct timescale *t)
{
	struct rule longest = t->by_urgency[URGENCY_ORDINARY];

	for (int urgency = 1; urgency < URGENCY_COUNT; urgency++)
		if (t->by_urgency[urgency].unit != UNIT_HOURS &&
		    (longest.unit == UNIT_HOURS ||
		     length_of(t->by_urgency[urgency]) > length_of(longest)))
			longest = t->by_urgency[urgency];
	return longest;
}

static bool reminder_fits(const struct checking *c, const struct timescale *t, size_t i)
{
	const struct reminder *reminders = t->reminders.items, *r = &reminders[i];
	const char *member = text_cstr(c->arena, text_printf(c->arena, "reminders/%zu", i));
	struct rule rule = reminded_rule(t);
	struct rule before = {(enum unit)r->unit, (int32_t)r->before, ROLL_NONE};

	if (r->unit != UNIT_WORKING_DAYS && r->unit != UNIT_DAYS)
		return refuse_at(c, (enum duty)t->duty, member,
				 TEXT("A reminder goes at 09:00 on a day: use working_days or "
				      "days."));
	if (rule.unit == UNIT_HOURS)
		return refuse_at(c, (enum duty)t->duty, member,
				 TEXT("Nobody is reminded of what is counted in hours. Leave the "
				      "reminders out."));
	if (length_of(before) >= length_of(rule) && t->duty != DUTY_END_OR_EXTEND)
		return refuse_at(c, (enum duty)t->duty, member,
				 text_printf(c->arena,
					     "A reminder %s before would go before the action "
					     "begins, which is due after %s. Choose fewer.",
					     words(c, before), words(c, rule)));
	for (size_t k = 0; k < i; k++)
		if (reminders[k].unit == r->unit && reminders[k].before == r->before)
			return refuse_at(c, (enum duty)t->duty, member,
					 TEXT("This reminder stands twice. Leave one out."));
	return true;
}

/* A round that ends takes nothing from somebody whose care has started. */
#define STANDS_ONCE_STARTED \
	(BIT(DUTY_AFTER_REJECTION) | BIT(DUTY_ROUND_STANDS) | BIT(DUTY_ACCEPTANCE_STANDS))

static bool consequence_fits(const struct checking *c, const struct timescale *t)
{
	enum duty duty = (enum duty)t->duty;
	enum when_not_done wanted = !protocol_lapse(duty) ? NOT_DONE_MISS
				    : STANDS_ONCE_STARTED & BIT(duty)
					    ? NOT_DONE_LAPSE_UNLESS_STARTED
					    : NOT_DONE_LAPSE;

	if (t->when_not_done != (int32_t)wanted)
		return refuse_at(
			c, duty, "when_not_done",
			text_printf(c->arena,
				    wanted == NOT_DONE_MISS
					    ? "%s cannot lapse, for nothing would follow; use %s."
				    : wanted == NOT_DONE_LAPSE
					    ? "%s must lapse, for nobody could act on it late; "
					      "use %s."
					    : "%s lapses only while care has not started; use %s.",
				    duty_names[duty], when_not_done_names[wanted]));
	if (t->repeat_days != NO_INT && wanted == NOT_DONE_LAPSE)
		return refuse_at(c, duty, "repeat_days",
				 TEXT("What lapses is over and is not told again. Leave "
				      "repeat_days out."));
	return true;
}

static bool timescale_fits(const struct checking *c, const struct timescale *t)
{
	if (!rules_fit(c, t))
		return false;
	for (size_t i = 0; i < t->reminders.count; i++)
		if (!reminder_fits(c, t, i))
			return false;
	return consequence_fits(c, t);
}

struct order {
	enum duty sooner, later;
	bool apart; /* not even at the same time */
	const char *why;
};

static const struct order orders[] = {
	{DUTY_ACKNOWLEDGE, DUTY_MAKE_OFFER, false,
	 "an invitation would be acknowledged after its offer is due"},
	{DUTY_ANSWER, DUTY_WAIT_FOR_ANSWER, false,
	 "the asker's clocks would go on before the answer is due"},
	{DUTY_RESPOND, DUTY_OFFER_STANDS, false, "an offer would expire before its answer is due"},
	{DUTY_OFFER_AGAIN, DUTY_ROUND_STANDS, false,
	 "the round would end before the next offer is due"},
	{DUTY_SIGN, DUTY_ACCEPTANCE_STANDS, false,
	 "the acceptance would lapse before it must be signed"},
	{DUTY_AGREE_MEDIATOR, DUTY_APPOINT_MEDIATOR, true,
	 "mediation would be over before the appointing body may name somebody"},
	{DUTY_ACKNOWLEDGE_COMPLAINT, DUTY_ANSWER_COMPLAINT, false,
	 "a complaint would be acknowledged after its answer is due"},
	{DUTY_FIRST_REVIEW, DUTY_THREE_MONTH_REVIEW, true, "the first review comes first"},
	{DUTY_THREE_MONTH_REVIEW, DUTY_YEARLY_REVIEW, true,
	 "the three-month review comes before the yearly one"},
};

/* A document was sound when it was loaded; what was filled in since does not make it unsound. */
static bool order_is_kept(const struct checking *c, const struct order *order)
{
	if (c->protocol->filled & (BIT(order->sooner) | BIT(order->later)))
		return true;
	for (int urgency = 0; urgency < URGENCY_COUNT; urgency++) {
		struct rule sooner = c->protocol->timescales[order->sooner].by_urgency[urgency];
		struct rule later = c->protocol->timescales[order->later].by_urgency[urgency];

		if (length_of(sooner) + (order->apart ? 1 : 0) <= length_of(later))
			continue;
		return refuse_at(c, order->later, urgency_names[urgency],
				 text_printf(c->arena,
					     "%s is %s and %s is %s: %s. Make %s longer or "
					     "the other shorter.",
					     duty_names[order->sooner], words(c, sooner),
					     duty_names[order->later], words(c, later), order->why,
					     duty_names[order->later]));
	}
	return true;
}

static bool offer_soon_fits(const struct checking *c)
{
	struct rule soon = c->protocol->offer_soon;
	struct rule usual = c->protocol->timescales[DUTY_MAKE_OFFER].by_urgency[URGENCY_ORDINARY];
	struct text why;

	if (!rule_fits(soon, false, &why))
		return refuse(c->flaw, TEXT("/offer_soon"), why);
	if (length_of(soon) > length_of(usual))
		return refuse(c->flaw, TEXT("/offer_soon"),
			      text_printf(c->arena,
					  "When the start is near an offer is due after %s, later "
					  "than the usual %s. Choose a shorter time.",
					  words(c, soon), words(c, usual)));
	return true;
}

bool protocol_times_check(struct arena *arena, const struct protocol *protocol,
			  const size_t rows[DUTY_COUNT], struct flaw *flaw)
{
	struct checking c = {arena, protocol, rows, flaw};

	for (int duty = 0; duty < DUTY_COUNT; duty++)
		if (!timescale_fits(&c, &protocol->timescales[duty]))
			return false;
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++)
		if (!order_is_kept(&c, &orders[i]))
			return false;
	return offer_soon_fits(&c);
}
