/*
 * simulate.c - thousands of placements over five years, by people as they are.
 *
 * Some act at once, some late, some never again; the service is down for days, and then everything
 * missed is enforced at once; a bank holiday is declared late. Five years on, every placement has
 * ended, or is in force with a review due. Officers look through what has gone quiet twice a year
 * and withdraw it, as somebody must where no clock runs. SIMULATE_SEED and SIMULATE_PLACEMENTS try
 * others.
 */
#include "laws.h"

#define PLACEMENTS 1600
#define MOVES_MOST 90 /* of people, in one placement */
#define QUIET_DAYS 182

struct temper {
	int32_t answers_in; /* hours, at most */
	uint32_t late;	    /* in a hundred, by days */
	uint32_t gives_up;  /* in a thousand, for good */
};

static const struct temper tempers[] = {
	{30, 5, 1},    /* prompt */
	{120, 30, 8},  /* busy */
	{400, 70, 40}, /* overwhelmed */
};

static struct {
	long moves, refused, settled_late, missed, lapsed, moved_by_calendar, quiet, bounced,
		void_entries, served;
	long ended[END_REASON_COUNT], in_force, with_missed_review, unsigned_care;
	long made[FACT_COUNT], versions[AGREEMENT_BASIS_COUNT], rounds[ROUND_KIND_COUNT];
} tally;

/* Fewer would show little. */
static const struct {
	const char *name;
	const long *count;
	long least;
} floors[] = {
	{"withdrawn", &tally.ended[END_WITHDRAWN], 50},
	{"lapsed", &tally.ended[END_LAPSED], 50},
	{"refused by the panel", &tally.ended[END_REFUSED_BY_PANEL], 50},
	{"completed", &tally.ended[END_COMPLETED], 80},
	{"terminated", &tally.ended[END_TERMINATED], 100},
	{"died", &tally.ended[END_DIED], 100},
	{"transferred", &tally.ended[END_TRANSFERRED], 60},
	{"notices", &tally.made[FACT_NOTICE_GIVEN], 100},
	{"novations", &tally.versions[AGREEMENT_NOVATED], 60},
	{"novations dropped", &tally.made[FACT_NOVATION_DROPPED], 100},
	{"uplifts", &tally.versions[AGREEMENT_UPLIFTED], 100},
	{"reviews held", &tally.made[FACT_REVIEW_HELD], 100},
	{"versions by variation", &tally.rounds[ROUND_VARIATION], 100},
	{"versions by extension", &tally.rounds[ROUND_EXTENSION], 100},
	{"versions by correction", &tally.rounds[ROUND_CORRECTION], 100},
	{"versions by review", &tally.rounds[ROUND_REVIEW], 20},
	{"versions by uplift", &tally.rounds[ROUND_UPLIFT], 10},
	{"entries corrected", &tally.made[FACT_CORRECTED], 100},
	{"entries made in error", &tally.made[FACT_ENTERED_IN_ERROR], 50},
	{"nights away", &tally.made[FACT_ABSENCE_RECORDED], 100},
	{"funding changed", &tally.made[FACT_FUNDING_CHANGED], 10},
	{"complaints", &tally.made[FACT_COMPLAINT_RAISED], 50},
};

static uint64_t random_state;
static long placement_number;
static const struct temper *temper_of[SIDE_COUNT];
static bool gone[SIDE_COUNT];			      /* and never answers again */
static int64_t opened_us, closes_us, last_quarrel_us; /* nobody negotiates for ever */

static struct holiday longer[HOLIDAYS + 1];
static struct calendar newer;
static const struct calendar *const versions[] = {&calendar, &newer};

static uint32_t random_below(uint32_t n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)((random_state >> 11) % n);
}

static void law_broken(const char *words)
{
	ledger_tell();
	fail_msg("placement %ld, entry %d, %s on %s: %s", placement_number, played->seq,
		 stage_names[played->stage],
		 text_cstr(arena, instant_words(arena, played->recorded_at_us)), words);
}

/* ---- the world ---- */

/* The service is down for the first days of a quarter now and then: whoever comes waits. */
static int64_t when_up(int64_t now_us)
{
	int32_t quarter = (int32_t)((now_us - opened_us) / (91 * US_PER_DAY));
	int64_t from = opened_us + quarter * 91 * US_PER_DAY, to = from + 4 * US_PER_DAY;

	return quarter > 0 && quarter % 3 == 0 && now_us < to ? to : now_us;
}

/* From the summer of 2026 there is a holiday more, declared three days before. */
static void declare_holiday(int64_t now_us)
{
	if (world.calendar == &newer || london_day(now_us) < day_of(2026, 6, 12))
		return;
	newer = calendar;
	newer.version = 2;
	newer.holidays = longer;
	newer.holiday_count = 0;
	for (size_t i = 0; i < HOLIDAYS; i++) {
		if (newer.holiday_count == i && holidays[i].day > day_of(2026, 6, 15))
			longer[newer.holiday_count++] =
				(struct holiday){day_of(2026, 6, 15), TEXT("A jubilee")};
		longer[newer.holiday_count++] = holidays[i];
	}
	world.calendar = &newer;
	world.calendars = versions;
	world.calendar_count = 2;
}

/* A placement's own memory is its last step's: facts are as long-lived as all its steps. */
static void step_taken(const struct placement *before, const struct list *facts)
{
	struct fact *const *items = facts->items;

	step_is_sound(before, facts);
	if (random_below(16) == 0)
		nobody_reads_more(before);
	for (size_t i = 0; i < facts->count; i++) {
		tally.made[items[i]->kind]++;
		tally.missed += items[i]->kind == FACT_MISSED;
		tally.lapsed += items[i]->kind == FACT_LAPSED;
		tally.moved_by_calendar += items[i]->kind == FACT_DUE_CHANGED;
		tally.served +=
			items[i]->kind == FACT_SERVED || items[i]->kind == FACT_SERVICE_RECORDED;
		if (items[i]->kind != FACT_NOT_SERVED)
			continue;
		tally.bounced++;
		tally.void_entries +=
			(long)((const struct not_served *)items[i]->data)->voids.count;
	}
}

static int64_t next_due(void)
{
	int64_t next = NEVER_US;

	for (size_t i = 0; i < played->obligation_count; i++) {
		const struct obligation *o = &played->obligations[i];

		if (obligation_is_open(o) && o->missed_at_us == NEVER_US && o->due_at_us < next)
			next = o->due_at_us;
	}
	return next;
}

static void clock_acts(int64_t now_us)
{
	const struct placement *before = played;

	now_us = after_the_last(now_us);
	declare_holiday(now_us);
	settle(now_us);
	tally.settled_late += last.facts.count > 1;
	step_taken(before, &last.facts);
}

/* Some mailbox is full or gone: a notice comes back, at once or after days, and the next one may
 * arrive. */
static void mail_bounces(int64_t now_us)
{
	const struct placement *before;
	const struct obligation *o;
	struct list facts = {0};

	if (!played->obligation_count || random_below(12))
		return;
	now_us = after_the_last(now_us);
	before = played;
	played = core_settle(arena, &world, before, now_us, &facts);
	o = &played->obligations[played->obligation_count - 1 -
				 random_below(played->obligation_count < 4
						      ? (uint32_t)played->obligation_count
						      : 4)];
	played = obligation_waits_for_service(o)
			 ? core_served(arena, &world, played, o->entry,
				       obligation_addressee(played, o), CHANNEL_EMAIL, now_us,
				       &facts)
			 : core_not_served(arena, &world, played, o->entry,
					   obligation_addressee(played, o), now_us, &facts);
	step_taken(before, &facts);
}

/* ---- people ---- */

static bool is_april(int64_t now_us)
{
	return civil_of(london_day(now_us)).month == 4;
}

/* What people are after: onward, and what they owe first. */
static uint32_t weight_of(const struct actor *who, enum move move, int64_t now_us)
{
	const struct move_row *row = protocol_move(move);
	uint32_t weight = row->lead_count ? 5 : 1;

	for (size_t i = 0; i < played->obligation_count; i++)
		if (obligation_is_open(&played->obligations[i]) &&
		    played->obligations[i].owed_by == who->side &&
		    (row->meets & BIT(played->obligations[i].duty)))
			weight += 12;
	if (move == MOVE_WITHDRAW || move == MOVE_RECORD_EXISTING_AGREEMENT)
		return random_below(150) == 0;
	if (move == MOVE_RECORD_DEATH)
		return random_below(care_has_started(played) ? 8 : 400) == 0;
	if (move == MOVE_TRANSFER)
		return random_below(5) == 0;
	if (move == MOVE_APPLY_UPLIFT)
		return is_april(now_us) ? 12 : 0;
	if (move == MOVE_END)
		return 3;
	if (move == MOVE_GIVE_NOTICE)
		return random_below(2);
	if (move == MOVE_NOVATE)
		return 2;
	if (move == MOVE_DROP_NOVATION)
		return random_below(12) == 0;
	if (move == MOVE_CORRECT)
		return random_below(6) == 0;
	if (move == MOVE_RAISE_COMPLAINT || move == MOVE_REDACT ||
	    move == MOVE_MARK_ENTERED_IN_ERROR || move == MOVE_CHANGE_FUNDING)
		return random_below(20) == 0;
	if (move == MOVE_CONSENT_TO_NOVATION)
		return 400;
	if (played->agreement_count && (move == MOVE_ACCEPT || move == MOVE_SIGN))
		return 80;
	if (move == MOVE_RECORD_INVOLVEMENT)
		return 6;
	if (!row->counts || move == MOVE_DISPUTE_ENTRY || move == MOVE_REMOVE_EXTENSION)
		return random_below(4) == 0;
	if (move == MOVE_INVITE_REPRESENTATIVE || move == MOVE_RELEASE_REPRESENTATIVE)
		return random_below(20) == 0;
	if (move == MOVE_DECLINE || move == MOVE_REJECT || move == MOVE_WITHDRAW_OFFER)
		return random_below(3) == 0;
	return weight;
}

static bool accepted(const struct actor *who, enum move move, int64_t now_us)
{
	static struct menu menu;
	const struct placement *before = played;
	size_t first;

	menu_of(&menu, who, move, now_us);
	first = menu.count ? random_below((uint32_t)menu.count) : 0;
	for (size_t i = 0; i < menu.count; i++) {
		const struct asked *asked = &menu.items[(first + i) % menu.count];
		struct request request = {.move = move,
					  .data = asked->data,
					  .thread = asked->thread,
					  .said = asked->said,
					  .occurred_at_us = NEVER_US};

		last = core_decide(arena, &world, before, who, &request, now_us);
		if (last.refused) {
			tally.refused++;
			continue;
		}
		played = last.after;
		tally.moves++;
		step_taken(before, &last.facts);
		return true;
	}
	return false;
}

static void somebody_acts(int64_t now_us)
{
	const struct actor *who[PEOPLE * 4];
	enum move moves[PEOPLE * 4];
	uint32_t weights = 0, at = 0;
	size_t count = 0;

	settle(now_us);
	for (size_t i = 0; i < PEOPLE; i++)
		for (int move = 0; move < MOVE_MISS; move++) {
			uint32_t weight;

			if (gone[people[i]->side] || !acts_for_its_side(people[i]) ||
			    (!played->seq && people[i] != &officer) ||
			    !core_allows(arena, &world, played, people[i], (enum move)move, now_us))
				continue;
			weight = weight_of(people[i], (enum move)move, now_us);
			weights += weight;
			/* one of all, each as likely as it weighs */
			if (weight && random_below(weights) < weight) {
				at = (uint32_t)(count++ % (PEOPLE * 4));
				who[at] = people[i];
				moves[at] = (enum move)move;
			}
		}
	if (count)
		(void)accepted(who[at], moves[at], after_the_last(now_us));
}

/* When somebody comes back to it: soon, late, or not before the clock does. */
static int64_t next_visit(int64_t now_us)
{
	enum side side = random_below(3) ? SIDE_COMMISSIONER : SIDE_PROVIDER;
	const struct temper *temper = temper_of[side];
	int64_t hours = 1 + random_below((uint32_t)temper->answers_in);

	if (random_below(1000) < temper->gives_up)
		gone[side] = true;
	if (random_below(100) < temper->late)
		hours += 24 * (1 + (int64_t)random_below(30));
	/* what waits for an answer is looked at sooner */
	if (played->stage == STAGE_IN_FORCE && !placement_open_round(played) &&
	    !played->novation.entry && !played->notice.entry)
		hours *= 10;
	return now_us + hours * US_PER_HOUR;
}

/* Nothing falls due and nobody comes: an officer sees it in the list, half a year on. */
static void look_through(int64_t now_us)
{
	tally.quiet++;
	(void)accepted(&officer, MOVE_WITHDRAW, after_the_last(now_us));
}

/* ---- five years ---- */

/* Care that ran before the service did: every other placement begins so. */
static int64_t bring_in(int64_t now_us)
{
	static const struct {
		const struct actor *who;
		enum move move;
	} steps[] = {{&officer, MOVE_OPEN_PLACEMENT},
		     {&officer, MOVE_DESCRIBE_NEEDS},
		     {&officer, MOVE_RECORD_EXISTING_AGREEMENT},
		     {&provider_signatory, MOVE_CONFIRM_EXISTING_AGREEMENT},
		     {&rival_signatory, MOVE_CONFIRM_EXISTING_AGREEMENT}};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (!played->agreement_count) {
			now_us = after_the_last(when_up(now_us + US_PER_DAY));
			settle(now_us);
			(void)accepted(steps[i].who, steps[i].move, after_the_last(now_us));
		}
	return now_us;
}

static bool is_resting(void)
{
	return gone[SIDE_COMMISSIONER] && next_due() == NEVER_US;
}

static void live_through(void)
{
	int64_t now = opened_us + (int64_t)random_below(200) * US_PER_DAY, visit;
	int moves = 0;

	if (placement_number % 2)
		now = bring_in(now);
	visit = now;

	while (now < closes_us && played->stage != STAGE_ENDED) {
		int64_t due = next_due();

		if (moves >= MOVES_MOST ||
		    (now > last_quarrel_us && played->stage != STAGE_IN_FORCE))
			gone[SIDE_COMMISSIONER] = gone[SIDE_PROVIDER] = gone[SIDE_MEDIATOR] = true;
		/* care that goes on without a paper is nobody's to withdraw */
		if (is_resting() && (played->stage == STAGE_IN_FORCE || care_has_started(played)))
			return;
		if (is_resting()) {
			now = when_up(now + QUIET_DAYS * US_PER_DAY);
			look_through(now);
			continue;
		}
		if (due < visit || (gone[SIDE_COMMISSIONER] && gone[SIDE_PROVIDER])) {
			now = when_up(due + 1);
			clock_acts(now);
			continue;
		}
		now = when_up(visit);
		declare_holiday(now);
		somebody_acts(after_the_last(now));
		mail_bounces(now + random_below(6) * US_PER_DAY);
		moves++;
		visit = next_visit(now);
	}
}

static bool review_is_due(void)
{
	for (size_t i = 0; i < played->obligation_count; i++)
		if (obligation_is_open(&played->obligations[i]) &&
		    (BIT(played->obligations[i].duty) &
		     (REVIEW_DUTIES | BIT(DUTY_CONFIRM_START)))) {
			tally.with_missed_review += played->obligations[i].missed_at_us != NEVER_US;
			return true;
		}
	return played->opening->planned_end_day != NO_DAY; /* a short stay has none */
}

static bool waits_for_service(void)
{
	for (size_t i = 0; i < played->obligation_count; i++)
		if (obligation_waits_for_service(&played->obligations[i]))
			return true;
	return false;
}

static void count_versions(void)
{
	for (size_t i = 0; i < played->agreement_count; i++) {
		const struct agreement *version = &played->agreements[i];

		tally.versions[version->basis]++;
		if (version->basis == AGREEMENT_SIGNED)
			tally.rounds[thread_round(played, version->thread)->kind]++;
	}
}

static void one_placement(void)
{
	set_up(NULL);
	gone[SIDE_COMMISSIONER] = gone[SIDE_PROVIDER] = gone[SIDE_MEDIATOR] = false;
	temper_of[SIDE_COMMISSIONER] = &tempers[random_below(3)];
	temper_of[SIDE_PROVIDER] = &tempers[random_below(3)];
	world.panel_threshold_p = random_below(2) ? 169000 : 0;
	live_through();
	the_ledger_is_sound();
	count_versions();
	if (played->seq && care_has_started(played) && played->stage < STAGE_IN_FORCE) {
		LAW(played->stage == STAGE_INVITING || is_told_weekly(closes_us) ||
			    waits_for_service(),
		    "care goes on unsigned and nobody is told of it");
		tally.unsigned_care++;
	} else if (played->seq) {
		LAW(played->stage == STAGE_ENDED || played->stage == STAGE_IN_FORCE,
		    "five years on it has neither ended nor come into force");
		LAW(played->stage == STAGE_ENDED || review_is_due(),
		    "it is in force and no review is due");
		if (played->stage == STAGE_ENDED)
			tally.ended[played->end_reason]++;
		else
			tally.in_force++;
	}
	tear_down(NULL);
}

static void tell_of_life(void)
{
	for (size_t i = 0; i < sizeof(floors) / sizeof(floors[0]); i++)
		print_message("# %s: %ld\n", floors[i].name, *floors[i].count);
}

static void every_placement_comes_to_something(void **state)
{
	const char *seed = getenv("SIMULATE_SEED"), *placements = getenv("SIMULATE_PLACEMENTS");
	long count = placements ? strtol(placements, NULL, 10) : PLACEMENTS;

	(void)state;
	random_state = seed ? strtoull(seed, NULL, 10) * 2 + 1 : 20260402;
	opened_us = at("2024-01-08 09:00");
	last_quarrel_us = at("2027-09-01 09:00");
	closes_us = at("2028-12-22 09:00");
	for (placement_number = 0; placement_number < count; placement_number++)
		one_placement();
	print_message(
		"# %ld placements over five years: %ld moves, %ld refused requests; %ld "
		"missed, %ld lapsed, %ld moved by the calendar; the clock came late to several "
		"at once %ld times\n",
		count, tally.moves, tally.refused, tally.missed, tally.lapsed,
		tally.moved_by_calendar, tally.settled_late);
	print_message("# %ld notices came back, which made %ld misses and lapses void; %ld were "
		      "served after all\n",
		      tally.bounced, tally.void_entries, tally.served);
	print_message(
		"# in force: %ld, of which a review is overdue in %ld; care goes on unsigned: "
		"%ld; went quiet with no clock running and were withdrawn: %ld\n",
		tally.in_force, tally.with_missed_review, tally.unsigned_care, tally.quiet);
	tell_of_life();
	assert_true(tally.in_force > count / 20 && tally.settled_late > 0);
	for (size_t i = 0; count >= PLACEMENTS && i < sizeof(floors) / sizeof(floors[0]); i++)
		if (*floors[i].count < floors[i].least)
			fail_msg("%s: %ld, which shows little; %ld at the least", floors[i].name,
				 *floors[i].count, floors[i].least);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_placement_comes_to_something)};

	return cmocka_run_group_tests_name("simulate", tests, NULL, NULL);
}
