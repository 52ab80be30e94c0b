/*
 * home.c - a home's record folded from its facts, and what each side may see of it.
 *
 * The only writer of a record. A duty ends when it is done, or is released when its flag goes to
 * another level or down: both follow from the facts, so nothing else says it.
 */
#include "concordat/core/home.h"
#include "concordat/core/protocol.h"

#include <string.h>

struct home_record *home_record_new(struct arena *arena, struct uuid authority, struct uuid home)
{
	struct home_record *record = arena_make(arena, struct home_record);

	*record = (struct home_record){.arena = arena, .authority = authority, .home = home};
	return record;
}

/* ---- what there is ---- */

const struct home_flag *home_own_flag(const struct home_record *record)
{
	for (size_t i = 0; i < record->flag_count; i++)
		if (!record->flags[i].told)
			return &record->flags[i];
	return NULL;
}

enum flag_level home_level(const struct home_record *record)
{
	int32_t level = FLAG_GREEN;

	for (size_t i = 0; i < record->flag_count; i++)
		if (record->flags[i].level > level)
			level = record->flags[i].level;
	return (enum flag_level)level;
}

bool home_is_replaced(const struct home_record *record, int32_t seq)
{
	for (size_t i = (size_t)seq; i < record->fact_count; i++)
		if (record->facts[i]->kind == HOME_SCORED && record->facts[i]->data.corrects == seq)
			return true;
	return false;
}

bool home_fact_visible(const struct home_fact *fact, enum side side)
{
	return fact->kind != HOME_CHECKED || side != SIDE_PROVIDER;
}

struct home_score home_score_on(const struct home_record *record, int32_t day)
{
	struct home_score out = {.score_r = NO_INT, .on_day = NO_DAY};
	int32_t score_day = NO_DAY, tier_day = NO_DAY;

	for (size_t i = 0; i < record->fact_count; i++) {
		const struct home_data *data = &record->facts[i]->data;

		if (record->facts[i]->kind != HOME_SCORED || data->on_day > day ||
		    home_is_replaced(record, (int32_t)i + 1))
			continue;
		if (data->score_r != NO_INT && data->on_day >= score_day) {
			out.score_r = data->score_r;
			score_day = data->on_day;
		}
		if (data->tier.at && data->on_day >= tier_day) {
			out.tier = data->tier;
			tier_day = data->on_day;
		}
	}
	out.on_day = score_day > tier_day ? score_day : tier_day;
	return out;
}

enum flag_level home_level_since(const struct home_record *record, int32_t *entry)
{
	enum flag_level level = home_level(record);

	*entry = 0;
	for (size_t i = 0; i < record->flag_count; i++)
		if (record->flags[i].level == (int32_t)level && record->flags[i].entry > *entry)
			*entry = record->flags[i].entry;
	for (size_t i = 0; i < record->fact_count && level == FLAG_GREEN; i++)
		if (record->facts[i]->kind == HOME_FLAG_RAISED ||
		    record->facts[i]->kind == HOME_FLAG_TOLD)
			*entry = record->facts[i]->seq;
	return level;
}

/* ---- the fold ---- */

static size_t flag_at(const struct home_record *record, struct uuid id)
{
	size_t i = 0;

	while (i < record->flag_count && !uuid_eq(record->flags[i].id, id))
		i++;
	return i;
}

static void end(struct obligation *due, enum obligation_state state, const struct home_fact *fact)
{
	due->state = state;
	due->closed_at_us = fact->recorded_at_us;
	due->changed_entry = fact->seq;
}

static void release(struct home_record *record, const struct home_fact *fact)
{
	for (size_t i = 0; i < record->owed_count; i++)
		if (obligation_is_open(&record->owed[i].due) &&
		    uuid_eq(record->owed[i].flag, fact->data.flag))
			end(&record->owed[i].due, OBLIGATION_RELEASED, fact);
}

static void meet(struct home_record *record, enum duty duty, const struct home_fact *fact)
{
	for (size_t i = 0; i < record->owed_count; i++) {
		struct obligation *due = &record->owed[i].due;

		if (obligation_is_open(due) && due->duty == duty)
			end(due,
			    fact->recorded_at_us <= due->due_at_us ? OBLIGATION_MET
								   : OBLIGATION_MET_LATE,
			    fact);
	}
}

static struct obligation *find_due(struct home_record *record, int64_t entry, int64_t n)
{
	for (size_t i = 0; i < record->owed_count; i++)
		if (record->owed[i].due.entry == entry && record->owed[i].due.n == n &&
		    obligation_is_open(&record->owed[i].due))
			return &record->owed[i].due;
	return NULL;
}

static bool fold_missed(struct home_record *record, const struct home_fact *fact)
{
	struct obligation *due = find_due(record, fact->data.entry, fact->data.n);

	if (!due || due->missed_at_us != NEVER_US)
		return false;
	due->missed_at_us = due->due_at_us;
	due->changed_entry = fact->seq;
	return true;
}

static bool fold_changes(struct home_record *record, const struct home_fact *fact)
{
	const struct home_change *changes = fact->changes.items;

	for (size_t i = 0; i < fact->changes.count; i++) {
		struct obligation *due = find_due(record, changes[i].entry, changes[i].n);

		if (!due)
			return false;
		due->calendar_version = (int32_t)changes[i].calendar_version;
		due->due_at_us = changes[i].new_due_at_us;
		due->nominal_day = changes[i].nominal_day;
		due->due_day = changes[i].due_day;
		due->provisional = changes[i].provisional;
		due->changed_entry = fact->seq;
	}
	return true;
}

/* With what earlier releases left out, because it followed. */
static struct home_opened opened_of(const struct home_fact *fact, size_t at)
{
	struct home_opened opened = ((const struct home_opened *)fact->opens.items)[at];

	if (opened.working_days == NO_INT)
		return opened;
	opened.unit = UNIT_WORKING_DAYS;
	opened.count = opened.working_days;
	opened.roll = ROLL_NONE;
	opened.anchor_us = fact->recorded_at_us;
	opened.nominal_day = opened.due_day;
	if (opened.calendar_version == NO_INT)
		opened.calendar_version = 0;
	return opened;
}

/* False when the rule of one is not there. */
static bool open_owed(struct home_record *record, const struct home_fact *fact)
{
	for (size_t i = 0; i < fact->opens.count; i++) {
		struct home_opened opened = opened_of(fact, i);

		if (opened.unit == NO_ENUM || opened.roll == NO_ENUM || opened.count == NO_INT ||
		    opened.anchor_us == NEVER_US || opened.nominal_day == NO_DAY ||
		    opened.calendar_version == NO_INT)
			return false;
		if (!(HOME_DUTIES & BIT(opened.duty)))
			continue;
		*LIST_ADD(record->arena, record->owed, record->owed_count) = (struct home_owed){
			.flag = fact->data.flag,
			.due =
				{
					.entry = fact->seq,
					.n = (int32_t)i + 1,
					.duty = (enum duty)opened.duty,
					.owed_by = (enum side)opened.owed_by,
					.rule = {(enum unit)opened.unit, (int32_t)opened.count,
						 (enum roll)opened.roll},
					.anchor_us = opened.anchor_us,
					.calendar_version = (int32_t)opened.calendar_version,
					.due_at_us = opened.due_at_us,
					.nominal_day = opened.nominal_day,
					.due_day = opened.due_day,
					.provisional = opened.provisional,
					.state = OBLIGATION_OPEN,
					.opened_at_us = fact->recorded_at_us,
					.missed_at_us = NEVER_US,
					.closed_at_us = NEVER_US,
					.changed_entry = fact->seq,
					.not_served_us = NEVER_US,
				},
		};
	}
	return true;
}

static void drop_flag(struct home_record *record, size_t at)
{
	size_t last = --record->flag_count;

	record->flags[at] = record->flags[last];
}

static bool fold_flag(struct home_record *record, const struct home_fact *fact)
{
	const struct home_data *data = &fact->data;
	bool told = fact->kind == HOME_FLAG_TOLD;
	size_t at = flag_at(record, data->flag);
	struct home_flag flag = {
		.id = data->flag,
		.entry = fact->seq,
		.level = data->level,
		.reason = data->reason,
		.raised_by = (enum side)(told ? data->raised_by : fact->actor.side),
		.raised_at_us = told ? data->raised_at_us : fact->recorded_at_us,
		.answered_at_us =
			fact->actor.side == SIDE_COMMISSIONER ? NEVER_US : fact->recorded_at_us,
		.detail = data->detail,
		.reference = data->reference,
		.answer = data->answer,
		.told = told,
	};

	if (data->level < FLAG_GREEN || data->level >= FLAG_LEVEL_COUNT || uuid_is_zero(data->flag))
		return false;
	release(record, fact);
	if (!told)
		record->plan = record->help = NULL;
	if (at < record->flag_count)
		drop_flag(record, at);
	else if (data->level == FLAG_GREEN)
		return false;
	if (data->level != FLAG_GREEN)
		*LIST_ADD(record->arena, record->flags, record->flag_count) = flag;
	return true;
}

static bool fold_answer(struct home_record *record, const struct home_fact *fact)
{
	size_t at = flag_at(record, fact->data.flag);

	if (at == record->flag_count)
		return false;
	record->flags[at].answered_at_us = fact->recorded_at_us;
	record->flags[at].answer = fact->data.answer;
	meet(record, DUTY_ANSWER_FLAG, fact);
	return true;
}

static bool fold(struct home_record *record, const struct home_fact *fact)
{
	switch ((enum home_fact_kind)fact->kind) {
	case HOME_SCORED: /* home_score_on reads the facts */
		return fact->data.corrects == NO_INT || fact->data.corrects < fact->seq;
	case HOME_FLAG_RAISED:
	case HOME_FLAG_TOLD:
		return fold_flag(record, fact);
	case HOME_FLAG_ANSWERED:
		return fold_answer(record, fact);
	case HOME_PLAN_FILED:
		record->plan = &fact->data;
		meet(record, DUTY_IMPROVEMENT_PLAN, fact);
		return true;
	case HOME_HELP_OFFERED:
		record->help = &fact->data;
		meet(record, DUTY_OFFER_HELP, fact);
		return true;
	case HOME_MISSED:
		return fold_missed(record, fact);
	case HOME_DUE_CHANGED:
		return fold_changes(record, fact);
	case HOME_CHECKED:
		return true;
	case HOME_FACT_COUNT:
		break;
	}
	return false;
}

bool home_apply(struct home_record *record, const struct home_fact *fact)
{
	if (fact->seq != record->seq + 1 || fact->recorded_at_us <= record->recorded_at_us)
		return false;
	if (!fold(record, fact) || !open_owed(record, fact))
		return false;
	*LIST_ADD(record->arena, record->facts, record->fact_count) = fact;
	record->seq = fact->seq;
	record->recorded_at_us = fact->recorded_at_us;
	record->last_header = fact->header_hash;
	return true;
}
