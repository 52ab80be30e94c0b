/*
 * home.c - a home's record folded from its facts, and what each side may see of it.
 *
 * The only writer of a record. A duty ends when it is done, or is released when its flag goes to
 * another level or down: both follow from the facts, so nothing else says it.
 */
#include "concordat/core/home.h"

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

bool home_fact_is_for(const struct home_fact *fact, enum side side)
{
	return side != SIDE_PROVIDER || fact->kind != HOME_CHECKED;
}

bool home_owed_is_for(const struct home_owed *owed, enum side side)
{
	return side != SIDE_PROVIDER || owed->opened->duty != HOME_DUTY_CHECK;
}

int32_t home_version(const struct home_record *record, enum side side)
{
	int32_t version = 0;

	for (size_t i = 0; i < record->fact_count; i++)
		version += home_fact_is_for(record->facts[i], side);
	return version;
}

/* ---- the fold ---- */

static size_t flag_at(const struct home_record *record, struct uuid id)
{
	size_t i = 0;

	while (i < record->flag_count && !uuid_eq(record->flags[i].id, id))
		i++;
	return i;
}

static void release(struct home_record *record, struct uuid flag, int64_t at_us)
{
	for (size_t i = 0; i < record->owed_count; i++) {
		struct home_owed *owed = &record->owed[i];

		if (owed->state != OBLIGATION_OPEN || !uuid_eq(owed->flag, flag))
			continue;
		owed->state = OBLIGATION_RELEASED;
		owed->closed_at_us = at_us;
	}
}

/* Of a check, the resident's alone. */
static void meet(struct home_record *record, enum home_duty duty, const struct home_fact *fact)
{
	for (size_t i = 0; i < record->owed_count; i++) {
		struct home_owed *owed = &record->owed[i];

		if (owed->state != OBLIGATION_OPEN || owed->opened->duty != (int32_t)duty ||
		    !uuid_eq(owed->opened->placement, fact->data.placement))
			continue;
		owed->state = fact->recorded_at_us <= owed->opened->due_at_us ? OBLIGATION_MET
									      : OBLIGATION_MET_LATE;
		owed->closed_at_us = fact->recorded_at_us;
	}
}

static void open_owed(struct home_record *record, const struct home_fact *fact)
{
	const struct home_opened *opens = fact->opens.items;

	for (size_t i = 0; i < fact->opens.count; i++)
		*LIST_ADD(record->arena, record->owed, record->owed_count) = (struct home_owed){
			.entry = fact->seq,
			.n = (int32_t)i + 1,
			.flag = fact->data.flag,
			.opened = &opens[i],
			.state = OBLIGATION_OPEN,
			.closed_at_us = NEVER_US,
		};
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
	release(record, data->flag, fact->recorded_at_us);
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
	return true;
}

static bool fold(struct home_record *record, const struct home_fact *fact)
{
	switch ((enum home_fact_kind)fact->kind) {
	case HOME_SCORED:
		record->score = &fact->data;
		return true;
	case HOME_FLAG_RAISED:
	case HOME_FLAG_TOLD:
		return fold_flag(record, fact);
	case HOME_FLAG_ANSWERED:
		return fold_answer(record, fact);
	case HOME_PLAN_FILED:
		record->plan = &fact->data;
		meet(record, HOME_DUTY_PLAN, fact);
		return true;
	case HOME_HELP_OFFERED:
		record->help = &fact->data;
		meet(record, HOME_DUTY_HELP, fact);
		return true;
	case HOME_CHECKED:
		meet(record, HOME_DUTY_CHECK, fact);
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
	if (!fold(record, fact))
		return false;
	open_owed(record, fact);
	*LIST_ADD(record->arena, record->facts, record->fact_count) = fact;
	record->seq = fact->seq;
	record->recorded_at_us = fact->recorded_at_us;
	record->last_header = fact->header_hash;
	return true;
}
