/*
 * home_moves.c - what may be recorded of a home, by whom, and what is owed by it.
 *
 * One row a move: sides, roles, its rule, and what it adds to what was asked. A rule is asked
 * without a request too, for the list of what is allowed, and then judges by the record alone.
 */
#include "concordat/core/home.h"

#include <assert.h>

#include "concordat/core/calendar.h"
#include "concordat/core/situation.h"

#define ENTRIES_MOST 2000
#define RESIDENTS_MOST 900 /* of one authority in one home */
#define C BIT(SIDE_COMMISSIONER)
#define P BIT(SIDE_PROVIDER)

struct move_case {
	struct arena *arena;
	const struct home_world *world;
	const struct home_record *record;
	const struct actor *actor;
	const struct home_data *data; /* NULL: only asks what is allowed */
	const struct home_flag *own;  /* that is up; NULL: none */
	int64_t now_us;
	struct refusal *refusal;
};

struct home_row {
	unsigned sides, commissioner_roles, provider_roles;
	bool (*rule)(const struct move_case *m);
	bool (*effect)(const struct move_case *m, struct home_fact *fact); /* or NULL */
	bool is_about_flag;						   /* the own one */
};

static bool no(const struct move_case *m, const char *rule, const char *pointer,
	       struct text sentence)
{
	return refuse(m->refusal, rule, pointer, sentence);
}

static bool is_future(const struct move_case *m)
{
	return m->data->on_day > london_day(m->now_us);
}

/* ---- rules ---- */

static bool may_score(const struct move_case *m)
{
	if (!m->data)
		return true;
	if (m->data->score_r == NO_INT && !m->data->tier.at)
		return no(m, "score_given", "/score", TEXT("Give a score, a tier, or both."));
	return !is_future(m) || no(m, "day_has_come", "/on",
				   TEXT("A score holds from a day that has come. Record it then."));
}

static bool may_raise(const struct move_case *m)
{
	int32_t present = m->own ? m->own->level : FLAG_GREEN;
	bool provider = m->actor->side == SIDE_PROVIDER;

	if (provider && !m->world->resident_count)
		return no(m, "places_there", "/authority",
			  TEXT("This authority has nobody in the home, so nothing is raised with "
			       "it."));
	if (m->world->resident_count > RESIDENTS_MOST)
		return no(m, "few_residents", NULL,
			  TEXT("The authority has more people in the home than one flag covers. "
			       "Ask the service's operator."));
	if (provider && present == FLAG_RED)
		return no(m, "flag_raised_higher", "/level",
			  TEXT("The flag is red. Only the authority lowers it."));
	if (!m->data)
		return true;
	if (m->data->level == present)
		return no(m, "flag_changes", "/level",
			  TEXT("The flag is at this level already. Nothing changes."));
	if (provider && m->data->level < present)
		return no(m, "flag_raised_higher", "/level",
			  TEXT("A provider raises its own flag and does not lower it. Ask the "
			       "authority to lower it."));
	if (m->data->level != FLAG_GREEN && m->data->reason == NO_ENUM)
		return no(m, "reason_given", "/reason", TEXT("Say what the flag is about."));
	return m->data->level == FLAG_GREEN || m->data->detail.text.at ||
	       no(m, "reason_given", "/detail",
		  TEXT("Say what was found, so that it can be answered."));
}

static bool flag_is_up(const struct move_case *m)
{
	return m->own ||
	       no(m, "flag_is_up", "/move", TEXT("No flag of this authority is up for the home."));
}

static bool may_answer(const struct move_case *m)
{
	return flag_is_up(m) &&
	       (m->own->answered_at_us == NEVER_US ||
		no(m, "flag_waits", "/move", TEXT("This flag has been answered.")));
}

static bool may_plan(const struct move_case *m)
{
	if (!flag_is_up(m))
		return false;
	return !m->data || m->data->on_day >= london_day(m->now_us) ||
	       no(m, "plan_is_ahead", "/on", TEXT("A plan is done by today or a later day."));
}

/* An open check; on that placement, where a request names one. */
static bool check_is_owed(const struct move_case *m)
{
	for (size_t i = 0; i < m->record->owed_count; i++) {
		const struct home_owed *owed = &m->record->owed[i];

		if (owed->state == OBLIGATION_OPEN && owed->opened->duty == HOME_DUTY_CHECK &&
		    (!m->data || uuid_eq(owed->opened->placement, m->data->placement)))
			return true;
	}
	return false;
}

static bool may_check(const struct move_case *m)
{
	if (!check_is_owed(m))
		return no(m, "check_owed", m->data ? "/placement" : "/move",
			  TEXT("No check is owed here now. The record's duties name the "
			       "placements."));
	return !m->data || !is_future(m) ||
	       no(m, "day_has_come", "/on", TEXT("Confirm a check once it was made."));
}

/* ---- what is owed ---- */

/* False when the calendar does not reach so far. */
static bool date_it(const struct move_case *m, struct home_opened *opened)
{
	struct rule rule = {.unit = UNIT_WORKING_DAYS, .count = (int32_t)opened->working_days};
	struct due due = due_derive(m->world->calendar, rule, m->now_us, NULL, 0);

	if (due.state != DUE_SET)
		return no(m, "calendar_runs_out", NULL,
			  TEXT("The bank holidays loaded do not reach the day this would be due. "
			       "Ask the service's operator to load newer ones."));
	opened->calendar_version = m->world->calendar->version;
	opened->due_at_us = due.at_us;
	opened->due_day = due.due_day;
	return true;
}

static bool owe_all(const struct move_case *m, struct home_fact *fact, bool told)
{
	bool red = fact->data.level == FLAG_RED;
	size_t checks = red ? m->world->resident_count : 0;
	struct home_opened *opens = arena_array(m->arena, struct home_opened, checks + 2);
	size_t count = 0;

	if (fact->data.level != FLAG_GREEN && !told) {
		opens[count++] = (struct home_opened){.duty = HOME_DUTY_PLAN,
						      .owed_by = SIDE_PROVIDER,
						      .working_days = red ? 3 : 10};
		opens[count++] = (struct home_opened){
			.duty = HOME_DUTY_HELP, .owed_by = SIDE_COMMISSIONER, .working_days = 3};
	}
	for (size_t i = 0; i < checks; i++)
		opens[count++] = (struct home_opened){.duty = HOME_DUTY_CHECK,
						      .owed_by = SIDE_COMMISSIONER,
						      .placement = m->world->residents[i],
						      .working_days = 2};
	fact->opens = (struct list){opens, count};
	for (size_t i = 0; i < count; i++)
		if (!date_it(m, &opens[i]))
			return false;
	return true;
}

static bool effect_raise(const struct move_case *m, struct home_fact *fact)
{
	fact->data.flag = m->own ? m->own->id : m->world->new_id;
	return owe_all(m, fact, false);
}

static const struct home_row rows[HOME_MOVE_COUNT] = {
	[HOME_SCORE_QUALITY] = {C, BIT(ROLE_CASE_OFFICER) | BIT(ROLE_MANAGER), 0, may_score, NULL,
				false},
	[HOME_RAISE_FLAG] = {C | P, BIT(ROLE_CASE_OFFICER) | BIT(ROLE_MANAGER),
			     BIT(ROLE_NEGOTIATOR) | BIT(ROLE_MANAGER), may_raise, effect_raise,
			     false},
	[HOME_ANSWER_FLAG] = {P, 0, BIT(ROLE_NEGOTIATOR) | BIT(ROLE_MANAGER), may_answer, NULL,
			      true},
	[HOME_FILE_PLAN] = {P, 0, BIT(ROLE_NEGOTIATOR) | BIT(ROLE_MANAGER), may_plan, NULL, true},
	[HOME_OFFER_HELP] = {C, BIT(ROLE_CASE_OFFICER) | BIT(ROLE_MANAGER), 0, flag_is_up, NULL,
			     true},
	[HOME_CONFIRM_CHECK] = {C, BIT(ROLE_CASE_OFFICER) | BIT(ROLE_MANAGER), 0, may_check, NULL,
				false},
	[HOME_TELL_FLAG] = {0},
};

/* ---- deciding ---- */

static bool may(const struct move_case *m, enum home_move move)
{
	const struct home_row *row = &rows[move];
	bool provider = m->actor->side == SIDE_PROVIDER;
	unsigned roles = provider ? row->provider_roles : row->commissioner_roles;

	if (!(row->sides & BIT(m->actor->side)))
		return no(m, "side", "/move", TEXT("This is for the other side to record."));
	if (!(roles & m->actor->roles))
		return no(m, "role", "/move",
			  TEXT("Your role does not record this. Ask a colleague whose does."));
	if (m->record->seq >= ENTRIES_MOST)
		return no(m, "few_entries", NULL,
			  TEXT("This record is full. Ask the service's operator."));
	return row->rule(m);
}

static struct home_fact *fact_make(struct arena *arena, const struct home_world *world,
				   const struct home_record *record, const struct actor *actor,
				   int64_t now_us)
{
	struct home_fact *fact = arena_make(arena, struct home_fact);

	assert(now_us > record->recorded_at_us);
	schema_clear(&home_fact_schema, fact);
	fact->seq = record->seq + 1;
	fact->recorded_at_us = fact->occurred_at_us = now_us;
	fact->actor = (struct home_actor){actor->organisation, actor->user, actor->side};
	fact->protocol = world->protocol;
	fact->v = 1;
	return fact;
}

struct home_fact *home_decide(struct arena *arena, const struct home_world *world,
			      const struct home_record *record, const struct actor *actor,
			      const struct home_asked *request, int64_t now_us,
			      struct refusal *refusal)
{
	const struct move_case m = {
		arena, world, record, actor, request->data, home_own_flag(record), now_us, refusal,
	};
	const struct home_row *row = &rows[request->move];
	struct home_fact *fact;

	*refusal = (struct refusal){0};
	if (!may(&m, request->move))
		return NULL;
	fact = fact_make(arena, world, record, actor, now_us);
	fact->kind = (int32_t)request->move;
	fact->data = *request->data;
	if (row->is_about_flag)
		fact->data.flag = m.own->id;
	return !row->effect || row->effect(&m, fact) ? fact : NULL;
}

bool home_allows(struct arena *arena, const struct home_world *world,
		 const struct home_record *record, const struct actor *actor, enum home_move move,
		 int64_t now_us)
{
	struct refusal refusal = {0};
	const struct move_case m = {
		arena, world, record, actor, NULL, home_own_flag(record), now_us, &refusal,
	};

	return may(&m, move);
}

/* ---- one authority's flag in another's record ---- */

static const struct home_flag *find_told(const struct home_record *record, struct uuid id)
{
	for (size_t i = 0; i < record->flag_count; i++)
		if (record->flags[i].told && uuid_eq(record->flags[i].id, id))
			return &record->flags[i];
	return NULL;
}

/* A flag told that is the record's own nowhere, and not up any more where it came from. */
static const struct home_flag *find_lowered(const struct home_record *record,
					    const struct home_record *from)
{
	const struct home_flag *own = home_own_flag(from);

	for (size_t i = from->fact_count; i-- > 0;) {
		const struct home_fact *fact = from->facts[i];
		const struct home_flag *told;

		if (fact->kind != HOME_FLAG_RAISED || (own && uuid_eq(own->id, fact->data.flag)))
			continue;
		told = find_told(record, fact->data.flag);
		if (told)
			return told;
	}
	return NULL;
}

/* In the other record under its own key; what was erased is not there to tell. */
static struct personal passed_on(const struct personal *said)
{
	return (struct personal){.text = said->text};
}

struct home_fact *home_untold(struct arena *arena, const struct home_world *world,
			      const struct home_record *record, const struct home_record *from,
			      int64_t now_us)
{
	const struct actor time = {.side = SIDE_TIME};
	const struct home_flag *own = home_own_flag(from), *lowered = find_lowered(record, from);
	const struct home_flag *told = own ? find_told(record, own->id) : NULL;
	struct refusal refusal = {0};
	struct home_fact *fact = fact_make(arena, world, record, &time, now_us);
	const struct move_case m = {
		arena, world, record, &time, &fact->data, NULL, now_us, &refusal,
	};

	fact->kind = HOME_FLAG_TOLD;
	if (lowered) {
		fact->data.flag = lowered->id;
		fact->data.level = FLAG_GREEN;
		return fact;
	}
	if (!own || own->answered_at_us == NEVER_US || (told && told->level == own->level) ||
	    (!told && !world->resident_count) || world->resident_count > RESIDENTS_MOST)
		return NULL;
	fact->data.flag = own->id;
	fact->data.level = own->level;
	fact->data.reason = own->reason;
	fact->data.detail = passed_on(&own->detail);
	fact->data.answer = passed_on(&own->answer);
	fact->data.reference = own->reference;
	fact->data.raised_by = (int32_t)own->raised_by;
	fact->data.raised_at_us = own->raised_at_us;
	return owe_all(&m, fact, true) ? fact : NULL;
}
