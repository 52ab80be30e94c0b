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

/* That still counts. */
static bool is_score(const struct home_record *record, int64_t entry)
{
	return entry >= 1 && entry <= record->seq &&
	       record->facts[entry - 1]->kind == HOME_SCORED &&
	       !home_is_replaced(record, (int32_t)entry);
}

static bool may_score(const struct move_case *m)
{
	if (!m->data)
		return true;
	if (m->data->score_r == NO_INT && !m->data->tier.at)
		return no(m, "score_given", "/score", TEXT("Give a score, a tier, or both."));
	if (is_future(m))
		return no(m, "day_has_come", "/on",
			  TEXT("A score holds from a day that has come. Record it then."));
	return m->data->corrects == NO_INT || is_score(m->record, m->data->corrects) ||
	       no(m, "score_to_correct", "/corrects",
		  TEXT("This entry is no score, or was put right already. Give the number of the "
		       "entry whose score is wrong."));
}

static bool may_raise(const struct move_case *m)
{
	int32_t present = m->own ? m->own->level : FLAG_GREEN;
	bool provider = m->actor->side == SIDE_PROVIDER;

	if (provider && !m->world->resident_count)
		return no(m, "places_there", "/authority",
			  TEXT("This authority has nobody in the home, so nothing is raised with "
			       "it."));
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

/* A record of a home is read without a trace of who read it, so nothing in it may be of one person.
 * What can be told by rule is a placement's reference. */
static bool names_placement(const struct personal *said)
{
	for (size_t i = 0; i + 4 <= said->text.len; i++) {
		const char *at = said->text.at + i;

		if ((at[0] == 'P' || at[0] == 'p') && (at[1] == 'L' || at[1] == 'l') &&
		    at[2] == '-' && at[3] >= '0' && at[3] <= '9')
			return true;
	}
	return false;
}

static bool is_about_home(const struct move_case *m)
{
	const struct {
		const char *pointer;
		const struct personal *said;
	} texts[] = {
		{"/detail", &m->data->detail},
		{"/answer", &m->data->answer},
		{"/plan", &m->data->plan},
		{"/help", &m->data->help},
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (names_placement(texts[i].said))
			return no(m, "about_the_home", texts[i].pointer,
				  TEXT("This names a placement. A home's record is about no one "
				       "person: write what is about somebody in their placement."));
	return true;
}

/* ---- what is owed ---- */

/* What an amber flag owes is timed as the ordinary is, a red one's as an emergency. */
static struct rule rule_of(const struct move_case *m, enum duty duty, int32_t level)
{
	const struct timescale *t = &m->world->of->protocol->timescales[duty];

	return t->by_urgency[level == FLAG_RED ? URGENCY_EMERGENCY : URGENCY_ORDINARY];
}

/* False when the calendar does not reach so far. */
static bool home_owes(const struct move_case *m, struct home_fact *fact, enum duty duty,
		      enum side side)
{
	struct rule rule = rule_of(m, duty, fact->data.level);
	struct due due = due_derive(m->world->of->calendar, rule, m->now_us, NULL, 0);
	struct home_opened *opens = fact->opens.items;

	if (due.state != DUE_SET)
		return no(m, "calendar_runs_out", NULL,
			  TEXT("The bank holidays loaded do not reach the day this would be due. "
			       "Ask the service's operator to load newer ones."));
	*LIST_ADD(m->arena, opens, fact->opens.count) = (struct home_opened){
		.working_days = NO_INT,
		.duty = (int32_t)duty,
		.owed_by = (int32_t)side,
		.unit = (int32_t)rule.unit,
		.roll = (int32_t)rule.roll,
		.count = rule.count,
		.calendar_version = m->world->of->calendar->version,
		.anchor_us = m->now_us,
		.due_at_us = due.at_us,
		.nominal_day = due.nominal_day,
		.due_day = due.due_day,
		.provisional = due.provisional,
	};
	fact->opens.items = opens;
	return true;
}

/* Who raises its own flag has answered by that. */
static bool effect_raise(const struct move_case *m, struct home_fact *fact)
{
	fact->data.flag = m->own ? m->own->id : m->world->new_id;
	if (fact->data.level == FLAG_GREEN)
		return true;
	return (m->actor->side == SIDE_PROVIDER ||
		home_owes(m, fact, DUTY_ANSWER_FLAG, SIDE_PROVIDER)) &&
	       home_owes(m, fact, DUTY_IMPROVEMENT_PLAN, SIDE_PROVIDER) &&
	       home_owes(m, fact, DUTY_OFFER_HELP, SIDE_COMMISSIONER);
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
	[HOME_TELL_FLAG] = {0},
	[HOME_MISS] = {0},
	[HOME_CHANGE_DUE] = {0},
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
	return row->rule(m) && (!m->data || is_about_home(m));
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
	fact->protocol = text_printf(arena, "%.*s/%lld", TEXT_FMT(world->of->protocol->id),
				     (long long)world->of->protocol->version);
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

/* Once the provider has had its say, or the time for it. */
static bool may_be_told(const struct home_record *from, const struct home_flag *own)
{
	if (own->answered_at_us != NEVER_US)
		return true;
	for (size_t i = 0; i < from->owed_count; i++)
		if (from->owed[i].due.duty == DUTY_ANSWER_FLAG &&
		    from->owed[i].due.entry == own->entry &&
		    from->owed[i].due.missed_at_us != NEVER_US)
			return true;
	return false;
}

struct home_fact *home_untold(struct arena *arena, const struct home_world *world,
			      const struct home_record *record, const struct home_record *from,
			      int64_t now_us)
{
	const struct actor time = {.side = SIDE_TIME};
	const struct home_flag *own = home_own_flag(from), *lowered = find_lowered(record, from);
	const struct home_flag *told = own ? find_told(record, own->id) : NULL;
	struct home_fact *fact = fact_make(arena, world, record, &time, now_us);

	fact->kind = HOME_FLAG_TOLD;
	if (lowered) {
		fact->data.flag = lowered->id;
		fact->data.level = FLAG_GREEN;
		return fact;
	}
	if (!own || !may_be_told(from, own) || (told && told->level == own->level) ||
	    (!told && !world->resident_count))
		return NULL;
	fact->data.flag = own->id;
	fact->data.level = own->level;
	fact->data.reason = own->reason;
	fact->data.detail = passed_on(&own->detail);
	fact->data.answer = passed_on(&own->answer);
	fact->data.reference = own->reference;
	fact->data.raised_by = (int32_t)own->raised_by;
	fact->data.raised_at_us = own->raised_at_us;
	return fact;
}

/* ---- what time does in the record itself ---- */

static bool moves(const struct home_world *world, const struct obligation *due, int64_t now_us,
		  struct due *then)
{
	if (!obligation_is_open(due) || due->missed_at_us != NEVER_US ||
	    due->calendar_version >= world->of->calendar->version)
		return false;
	*then = due_derive(world->of->calendar, due->rule, due->anchor_us, NULL, 0);
	return then->state == DUE_SET &&
	       (then->at_us != due->due_at_us || then->provisional != due->provisional) &&
	       (then->at_us == due->due_at_us || then->at_us >= now_us);
}

/* As core_recount: a date that would be past by the newer calendar stays as it is. */
static struct list changes_of(struct arena *arena, const struct home_world *world,
			      const struct home_record *record, int64_t now_us)
{
	struct home_change *changes = NULL;
	struct list out = {0};
	struct due then;

	for (size_t i = 0; i < record->owed_count; i++) {
		const struct obligation *due = &record->owed[i].due;

		if (!moves(world, due, now_us, &then))
			continue;
		*LIST_ADD(arena, changes, out.count) = (struct home_change){
			.entry = due->entry,
			.n = due->n,
			.calendar_version = world->of->calendar->version,
			.old_due_at_us = due->due_at_us,
			.new_due_at_us = then.at_us,
			.nominal_day = then.nominal_day,
			.due_day = then.due_day,
			.provisional = then.provisional,
		};
	}
	out.items = changes;
	return out;
}

static const struct obligation *first_late(const struct home_record *record, int64_t now_us)
{
	const struct obligation *first = NULL;

	for (size_t i = 0; i < record->owed_count; i++) {
		const struct obligation *due = &record->owed[i].due;

		if (obligation_is_open(due) && due->missed_at_us == NEVER_US &&
		    due->due_at_us < now_us && (!first || due->due_at_us < first->due_at_us))
			first = due;
	}
	return first;
}

struct home_fact *home_due(struct arena *arena, const struct home_world *world,
			   const struct home_record *record, int64_t now_us)
{
	const struct actor time = {.side = SIDE_TIME};
	struct list changes = changes_of(arena, world, record, now_us);
	const struct obligation *late = first_late(record, now_us);
	struct home_fact *fact;

	if (!changes.count && !late)
		return NULL;
	fact = fact_make(arena, world, record, &time, now_us);
	if (changes.count) {
		fact->kind = HOME_DUE_CHANGED;
		fact->changes = changes;
		return fact;
	}
	fact->kind = HOME_MISSED;
	fact->occurred_at_us = late->due_at_us;
	fact->data.entry = late->entry;
	fact->data.n = late->n;
	fact->data.duty = (int32_t)late->duty;
	fact->data.owed_by = (int32_t)late->owed_by;
	fact->data.due_at_us = late->due_at_us;
	return fact;
}
