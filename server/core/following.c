/*
 * following.c - what the authority's record of a home makes of a placement there: time's moves.
 *
 * A home is assessed once and cares for many. What follows from that stands in each placement's own
 * ledger, naming the record's entry, so that following again does nothing. Whoever follows may be
 * late: all that is missing is made up for, in the record's order.
 */
#include <assert.h>

#include "concordat/core/home.h"
#include "concordat/core/situation.h"

struct following {
	struct arena *arena;
	const struct world *world;
	const struct home_record *record;
	const struct placement *placement; /* with what was made so far */
	int64_t now_us;
	struct list *facts;
};

static struct situation times_own(const struct following *f, const struct thread *thread,
				  const void *data)
{
	static const struct actor time = {.side = SIDE_TIME};

	return (struct situation){
		.arena = f->arena,
		.world = f->world,
		.placement = f->placement,
		.actor = &time,
		.data = data,
		.thread = thread,
		.now_us = f->now_us,
		.at_us = f->now_us,
	};
}

static void make(struct following *f, struct fact *fact, const void *data)
{
	struct placement *after = placement_copy(f->arena, f->placement);
	bool folded;

	fact->data = data;
	folded = after && placement_apply(after, fact);
	assert(folded);
	fact_add(f->arena, f->facts, fact);
	f->placement = after;
}

/* ---- scores ---- */

/* The newest version for this home in whose terms something hangs on a score; NULL: none does. */
static const struct agreement *version_that_asks(const struct following *f, int32_t *first_day)
{
	const struct placement *p = f->placement;
	const struct agreement *found = NULL;

	*first_day = NO_DAY;
	for (size_t i = 0; i < p->agreement_count; i++) {
		const struct agreement *version = &p->agreements[i];

		if (!uuid_eq(placement_thread(p, version->thread)->home, f->record->home) ||
		    (!quality_matters(&version->terms->quality) &&
		     version->terms->extension.least_score_r == NO_INT))
			continue;
		if (!found || version->from_day < *first_day)
			*first_day = version->from_day;
		found = version;
	}
	return found;
}

static bool is_here(const struct following *f, int64_t home_entry)
{
	for (size_t i = 0; i < f->placement->quality_count; i++) {
		const struct apply_quality *data = f->placement->qualities[i].data;

		if (data->home_entry == home_entry && uuid_eq(data->home, f->record->home))
			return true;
	}
	return false;
}

static bool says_as_much(const struct home_data *one, const struct home_data *other)
{
	return (one->score_r != NO_INT || other->score_r == NO_INT) &&
	       (one->tier.at || !other->tier.at);
}

/* Whether a later score was in force already when the first such terms began. */
static bool is_past(const struct following *f, const struct home_fact *fact, int32_t first_day)
{
	for (size_t i = 0; i < f->record->fact_count; i++) {
		const struct home_fact *later = f->record->facts[i];

		if (later->kind == HOME_SCORED && later->data.on_day <= first_day &&
		    (later->data.on_day > fact->data.on_day ||
		     (later->data.on_day == fact->data.on_day && later->seq > fact->seq)) &&
		    says_as_much(&later->data, &fact->data) &&
		    !home_is_replaced(f->record, later->seq))
			return true;
	}
	return false;
}

static void follow_score(struct following *f, const struct home_fact *scored,
			 const struct agreement *version)
{
	const struct thread *thread = placement_thread(f->placement, version->thread);
	struct apply_quality *data = arena_make(f->arena, struct apply_quality);
	struct situation s = times_own(f, thread, data);
	struct fact *fact = fact_begin(&s, FACT_QUALITY_APPLIED);

	fact->round = thread->round;
	*data = (struct apply_quality){
		.home = f->record->home,
		.home_entry = scored->seq,
		.from_day = scored->data.on_day,
		.score_r = scored->data.score_r,
		.tier = text_copy(f->arena, scored->data.tier),
		.corrects = scored->data.corrects,
	};
	make(f, fact, data);
}

static void follow_scores(struct following *f)
{
	int32_t first_day;
	const struct agreement *version;

	for (size_t i = 0; i < f->record->fact_count; i++) {
		const struct home_fact *fact = f->record->facts[i];
		bool corrects = fact->data.corrects != NO_INT && is_here(f, fact->data.corrects);

		version = version_that_asks(f, &first_day);
		if (!version || fact->kind != HOME_SCORED || is_here(f, fact->seq))
			continue;
		if (corrects ||
		    (!home_is_replaced(f->record, fact->seq) && !is_past(f, fact, first_day)))
			follow_score(f, fact, version);
	}
}

/* ---- the flag ---- */

static const struct obligation *check_owed(const struct placement *placement)
{
	for (size_t i = 0; i < placement->obligation_count; i++)
		if (placement->obligations[i].duty == DUTY_CONFIRM_CHECK &&
		    obligation_is_open(&placement->obligations[i]))
			return &placement->obligations[i];
	return NULL;
}

bool flag_is_red(const struct situation *s)
{
	return ((const struct apply_flag *)s->data)->level == FLAG_RED && !check_owed(s->placement);
}

static bool is_cared_for_there(const struct following *f)
{
	const struct agreement *agreement = placement_agreement(f->placement);

	return f->placement->stage == STAGE_IN_FORCE && agreement &&
	       uuid_eq(placement_thread(f->placement, agreement->thread)->home, f->record->home);
}

/* Whether the record's level is news to the placement. */
static bool is_news(const struct following *f, enum flag_level level, int32_t entry)
{
	const struct apply_flag *last = f->placement->flag;
	bool was_red = last && last->level == FLAG_RED && uuid_eq(last->home, f->record->home);

	return level == FLAG_RED ? !was_red || last->home_entry < entry : was_red;
}

static void follow_flag(struct following *f)
{
	struct apply_flag *data = arena_make(f->arena, struct apply_flag);
	int32_t entry;
	enum flag_level level = home_level_since(f->record, &entry);
	struct situation s;
	struct fact *fact;

	if (!is_cared_for_there(f) || !is_news(f, level, entry))
		return;
	*data = (struct apply_flag){f->record->home, entry, (int32_t)level};
	s = times_own(f, NULL, data);
	s.row = protocol_move(MOVE_APPLY_FLAG);
	fact = fact_begin(&s, FACT_FLAG_APPLIED);
	if (level != FLAG_RED)
		end_duties(&s, fact, BIT(DUTY_CONFIRM_CHECK), OBLIGATION_RELEASED);
	/* past the calendar's end nothing can be counted: it is asked for with the next entry */
	if (owe_starts(&s, fact, s.row->starts, s.row->start_count))
		make(f, fact, data);
}

struct fact *drop_check(const struct situation *s, struct uuid home)
{
	static const struct actor time = {.side = SIDE_TIME};
	const struct apply_flag *last = s->placement->flag;
	struct apply_flag *data = arena_make(s->arena, struct apply_flag);
	const struct situation its = {
		.arena = s->arena,
		.world = s->world,
		.placement = s->placement,
		.actor = &time,
		.data = data,
		.now_us = s->now_us,
		.at_us = s->now_us,
	};
	struct fact *fact;

	if (!last || last->level != FLAG_RED || uuid_eq(last->home, home))
		return NULL;
	*data = (struct apply_flag){home, 0, FLAG_GREEN};
	fact = fact_begin(&its, FACT_FLAG_APPLIED);
	fact->data = data;
	end_duties(&its, fact, BIT(DUTY_CONFIRM_CHECK), OBLIGATION_RELEASED);
	return fact;
}

RULE(check_owed, "check_owed", "the flag of the home is red, and a check is owed")
{
	return check_owed(s->placement) ||
	       NO(check_owed, NULL,
		  "No check is owed here now: the flag of the home is not red, "
		  "or one was confirmed.");
}

RULE(check_sound, "check_day", "it was made by now")
{
	const struct confirm_check *data = s->data;

	return !data || data->on_day <= london_day(s->now_us) ||
	       NO(check_sound, "/on", "Confirm a check once it was made.");
}

const struct placement *core_follow_home(struct arena *arena, const struct world *world,
					 const struct placement *placement,
					 const struct home_record *record, int64_t now_us,
					 struct list *facts)
{
	struct following f = {arena, world, record, placement, now_us, facts};

	follow_scores(&f);
	follow_flag(&f);
	return f.placement;
}
