/*
 * world.h - a small world to play placements in: calendar, guide price, people, and moves.
 *
 * England and Wales 2024-2028, a panel on Wednesdays, no threshold, a guide of 1,500.00, 1,600.00
 * and 1,690.00 a week. What is played so far is `played`; each move goes through core_decide and
 * what it returned is kept in `last`.
 */
#ifndef CONCORDAT_TESTS_WORLD_H
#define CONCORDAT_TESTS_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "concordat/core/calendar.h"
#include "concordat/core/compare.h"
#include "concordat/core/protocol.h"

#define HELPER __attribute__((unused)) static
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#define WORDS(words)                                 \
	{                                            \
		.text = { words, sizeof(words) - 1 } \
	}
#define SAID(words) ((struct personal)WORDS(words))
#define LIST_OF(...) \
	((struct list){(void *)__VA_ARGS__, sizeof(__VA_ARGS__) / sizeof((__VA_ARGS__)[0])})
#define LIMIT_P 170000

/* ---- the calendar ---- */

#define HOLIDAY(y, m, d) \
	{                \
		y, m, d  \
	}
static const struct civil bank_holidays[] = {
	HOLIDAY(2024, 1, 1),  HOLIDAY(2024, 3, 29), HOLIDAY(2024, 4, 1),   HOLIDAY(2024, 5, 6),
	HOLIDAY(2024, 5, 27), HOLIDAY(2024, 8, 26), HOLIDAY(2024, 12, 25), HOLIDAY(2024, 12, 26),
	HOLIDAY(2025, 1, 1),  HOLIDAY(2025, 4, 18), HOLIDAY(2025, 4, 21),  HOLIDAY(2025, 5, 5),
	HOLIDAY(2025, 5, 26), HOLIDAY(2025, 8, 25), HOLIDAY(2025, 12, 25), HOLIDAY(2025, 12, 26),
	HOLIDAY(2026, 1, 1),  HOLIDAY(2026, 4, 3),  HOLIDAY(2026, 4, 6),   HOLIDAY(2026, 5, 4),
	HOLIDAY(2026, 5, 25), HOLIDAY(2026, 8, 31), HOLIDAY(2026, 12, 25), HOLIDAY(2026, 12, 28),
	HOLIDAY(2027, 1, 1),  HOLIDAY(2027, 3, 26), HOLIDAY(2027, 3, 29),  HOLIDAY(2027, 5, 3),
	HOLIDAY(2027, 5, 31), HOLIDAY(2027, 8, 30), HOLIDAY(2027, 12, 27), HOLIDAY(2027, 12, 28),
	HOLIDAY(2028, 1, 3),  HOLIDAY(2028, 4, 14), HOLIDAY(2028, 4, 17),  HOLIDAY(2028, 5, 1),
	HOLIDAY(2028, 5, 29), HOLIDAY(2028, 8, 28), HOLIDAY(2028, 12, 25), HOLIDAY(2028, 12, 26),
};
#define HOLIDAYS (sizeof(bank_holidays) / sizeof(bank_holidays[0]))

static struct holiday holidays[HOLIDAYS];
static struct calendar calendar;

/* ---- the guide price: "home" by the week, "hourly" by the hour and then without a week ---- */

static struct cost_assumption guide_figures[1];
static struct cost_line guide_lines[1];
static struct cost_model home_model, hourly_model;

HELPER const struct cost_model *find_model(void *context, struct text id, struct text version)
{
	(void)context;
	if (!text_is(version, "1"))
		return NULL;
	if (text_is(id, "home"))
		return &home_model;
	return text_is(id, "hourly") ? &hourly_model : NULL;
}

/* ---- people ---- */

#define USER(n)                                                              \
	{                                                                    \
		{                                                            \
			0, 0, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 1, n \
		}                                                            \
	}
#define HOUSE(n)                                                             \
	{                                                                    \
		{                                                            \
			0, 0, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 2, n \
		}                                                            \
	}
#define ACTOR(user, house, side, roles)               \
	{                                             \
		USER(user), HOUSE(house), side, roles \
	}

static const struct uuid authority = HOUSE(1), provider = HOUSE(2), rival_provider = HOUSE(3),
			 placement_id = HOUSE(9);
static const struct actor officer = ACTOR(1, 1, SIDE_COMMISSIONER, BIT(ROLE_CASE_OFFICER));
static const struct actor panel = ACTOR(2, 1, SIDE_COMMISSIONER, BIT(ROLE_PANEL_MEMBER));
static const struct actor signatory = ACTOR(3, 1, SIDE_COMMISSIONER, BIT(ROLE_SIGNATORY));
static const struct actor negotiator = ACTOR(4, 2, SIDE_PROVIDER, BIT(ROLE_NEGOTIATOR));
static const struct actor provider_signatory = ACTOR(5, 2, SIDE_PROVIDER, BIT(ROLE_SIGNATORY));
static const struct actor rival = ACTOR(6, 3, SIDE_PROVIDER, BIT(ROLE_NEGOTIATOR));
static const struct actor rival_signatory = ACTOR(8, 3, SIDE_PROVIDER, BIT(ROLE_SIGNATORY));
static const struct actor manager = ACTOR(9, 1, SIDE_COMMISSIONER, BIT(ROLE_MANAGER));
static const struct uuid third_provider = HOUSE(4);
static const struct actor third = ACTOR(7, 4, SIDE_PROVIDER, BIT(ROLE_NEGOTIATOR));
/* mediation bodies, and an officer of the council who mediates for one as well */
static const struct uuid mediation_body = HOUSE(7), other_body = HOUSE(8);
static const struct actor mediator = ACTOR(17, 7, SIDE_MEDIATOR, BIT(ROLE_MEDIATOR));
static const struct actor other_mediator = ACTOR(18, 8, SIDE_MEDIATOR, BIT(ROLE_MEDIATOR));
static const struct actor officer_who_mediates = ACTOR(1, 7, SIDE_MEDIATOR, BIT(ROLE_MEDIATOR));
/* who represents the person */
static const struct uuid family = HOUSE(6);
static const struct actor daughter = ACTOR(19, 6, SIDE_REPRESENTATIVE, BIT(ROLE_REPRESENTATIVE));
/* the officer who opens, with every other role of the house as well */
HELPER const struct actor second_officer = ACTOR(31, 1, SIDE_COMMISSIONER, BIT(ROLE_CASE_OFFICER));
HELPER const struct actor data_protection =
	ACTOR(32, 1, SIDE_COMMISSIONER, BIT(ROLE_DATA_PROTECTION));
static const struct actor busy_officer =
	ACTOR(1, 1, SIDE_COMMISSIONER,
	      BIT(ROLE_CASE_OFFICER) | BIT(ROLE_PANEL_MEMBER) | BIT(ROLE_SIGNATORY));
/* the panel member who also signs */
static const struct actor busy_panel =
	ACTOR(2, 1, SIDE_COMMISSIONER, BIT(ROLE_PANEL_MEMBER) | BIT(ROLE_SIGNATORY));

/* ---- a document, which whoever asks has uploaded ---- */

static const struct uuid document_id = HOUSE(20);

HELPER const struct document_facts *find_document(void *context, struct uuid id)
{
	static struct document_facts letter;

	(void)context;
	letter = (struct document_facts){sha256(TEXT("A letter"), TEXT_NONE, TEXT_NONE), 8,
					 TEXT("text/plain")};
	return uuid_eq(id, document_id) ? &letter : NULL;
}

/* ---- what is played ---- */

static struct arena *arena;
static struct world world;
static const struct placement *played;
static struct decision last;
static int64_t on_thread;	      /* the thread that requests name; NO_INT: none */
static const struct said *saying;     /* what moves enter for the other side; NULL: nothing */
static int64_t said_at_us = NEVER_US; /* and when it said so */
static bool no_reasons;		      /* counter-offers go as they are given */

/* Needs the arena, for what the models are run by. */
HELPER void world_init(void)
{
	struct flaw flaw;

	for (size_t i = 0; i < HOLIDAYS; i++)
		holidays[i] = (struct holiday){
			day_of(bank_holidays[i].year, bank_holidays[i].month, bank_holidays[i].day),
			TEXT("Bank holiday")};
	calendar = (struct calendar){
		.division = DIVISION_ENGLAND_AND_WALES,
		.version = 1,
		.first_day = day_of(2024, 1, 1),
		.last_day = day_of(2028, 12, 31),
		.holidays = holidays,
		.holiday_count = HOLIDAYS,
	};
	guide_figures[0] = (struct cost_assumption){
		.key = TEXT("care_fee"),
		.label = TEXT("Care"),
		.unit = COST_UNIT_POUND,
		.figure = {NO_INT, 15000000, 16000000, 16900000},
		.source = TEXT("test"),
	};
	guide_lines[0] = (struct cost_line){
		.key = TEXT("care"),
		.label = TEXT("Care"),
		.group = TEXT("staff"),
		.unit = COST_UNIT_WEEK,
		.kind = COST_AMOUNT,
		.value = TEXT("care_fee"),
		.index = NO_ENUM,
		.counts = NO_ENUM,
		.source = TEXT("test"),
	};
	home_model = (struct cost_model){
		.id = TEXT("home"),
		.version = TEXT("1"),
		.title = TEXT("A home"),
		.price_unit = COST_PER_WEEK,
		.effective_from_day = day_of(2024, 1, 1),
		.effective_to_day = NO_DAY,
		.rounding = COST_PENNY_NEAREST,
		.range_is = COST_TOTAL_OF_RUNS,
		.assumptions = {guide_figures, 1},
		.lines = {guide_lines, 1},
	};
	assert_true(cost_model_check(arena, &home_model, &flaw));
	hourly_model = home_model;
	hourly_model.id = TEXT("hourly");
	hourly_model.price_unit = COST_PER_HOUR;
	world = (struct world){
		.protocol = protocol_standard(),
		.calendar = &calendar,
		.panel_weekday = WEDNESDAY,
		.cost_model = find_model,
		.document = find_document,
	};
}

HELPER int set_up(void **state)
{
	(void)state;
	arena = arena_new();
	world_init();
	played = placement_new(arena, authority, placement_id);
	last = (struct decision){0};
	on_thread = NO_INT;
	saying = NULL;
	said_at_us = NEVER_US;
	no_reasons = false;
	return 0;
}

HELPER int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

/* "2026-04-01 10:00" in London. */
HELPER int64_t at(const char *wall)
{
	int year, month, day, hour, minute;

	if (sscanf(wall, "%d-%d-%d %d:%d", &year, &month, &day, &hour, &minute) != 5)
		fail_msg("no wall time: %s", wall);
	return london_instant(day_of(year, month, day), hour, minute);
}

HELPER int32_t on(const char *day)
{
	int32_t out;

	if (!day_parse(text_of(day), &out))
		fail_msg("no day: %s", day);
	return out;
}

/* A second decision in one instant counts as the next microsecond. */
HELPER int64_t after_the_last(int64_t now_us)
{
	return now_us > played->recorded_at_us ? now_us : played->recorded_at_us + 1;
}

/* A counter-offer with a reason for each line that it changes; any other offer as it is. */
HELPER const void *with_reasons(const struct actor *who, const struct make_offer *asked)
{
	const struct thread *thread = on_thread == NO_INT ? placement_open_thread(played)
							  : placement_thread(played, on_thread);
	const struct offer *open = thread ? thread_open_offer(thread) : NULL;
	struct make_offer *offer = arena_copy(arena, asked, sizeof(*asked));
	struct list answers;
	const struct line_answer *answer;
	struct line_reason *reasons = NULL;

	if (!open || open->side == who->side || asked->line_reasons.count)
		return asked;
	answers = offer_line_answers(arena, &open->data->terms, &asked->terms);
	answer = answers.items;
	for (size_t i = 0; i < answers.count; i++)
		if (answer[i].what != LINE_ACCEPTED)
			*LIST_ADD(arena, reasons, offer->line_reasons.count) = (struct line_reason){
				answer[i].key, SAID("So that it is nearer what it costs")};
	offer->line_reasons.items = reasons;
	return offer;
}

HELPER bool moved(const struct actor *who, enum move move, const void *data, int64_t now_us)
{
	struct request request = {move, data, on_thread, said_at_us, saying};

	if (move == MOVE_MAKE_OFFER && !no_reasons)
		request.data = with_reasons(who, data);
	last = core_decide(arena, &world, played, who, &request, after_the_last(now_us));
	played = last.after;
	return !last.refused;
}

HELPER void must(const struct actor *who, enum move move, const void *data, int64_t now_us)
{
	if (!moved(who, move, data, now_us))
		fail_msg("%s was refused: %s: %.*s", move_names[move], last.refusal.rule,
			 TEXT_FMT(last.refusal.sentence));
}

HELPER void refused(const struct actor *who, enum move move, const void *data, int64_t now_us,
		    const char *rule)
{
	if (moved(who, move, data, now_us))
		fail_msg("%s was not refused", move_names[move]);
	assert_string_equal(last.refusal.rule, rule);
	assert_true(last.refusal.sentence.len > 20);
	assert_int_equal(last.facts.count, last.settled);
}

HELPER void refused_at(const struct actor *who, enum move move, const void *data, int64_t now_us,
		       const char *rule, const char *pointer)
{
	refused(who, move, data, now_us, rule);
	assert_string_equal(text_cstr(arena, last.refusal.pointer), pointer);
}

/* Whether time has recorded all that fell due before now. */
HELPER bool placement_is_settled(const struct placement *placement, int64_t now_us)
{
	for (size_t i = 0; i < placement->obligation_count; i++) {
		const struct obligation *o = &placement->obligations[i];

		if (obligation_is_open(o) && o->missed_at_us == NEVER_US && o->due_at_us < now_us)
			return false;
	}
	return true;
}

HELPER void settle(int64_t now_us)
{
	last = (struct decision){0};
	played = core_settle(arena, &world, played, now_us, &last.facts);
	last.settled = last.facts.count;
	assert_true(placement_is_settled(played, now_us));
}

HELPER const struct fact *last_fact(void)
{
	assert_true(played->fact_count > 0);
	return played->facts[played->fact_count - 1];
}

/* ---- requests ---- */

HELPER struct open_placement opening(enum urgency urgency)
{
	static const struct funding_part funding[] = {
		{FUNDER_PERSON, 15000, NO_INT, NO_INT, {{0}}},
		{FUNDER_AUTHORITY, NO_INT, NO_INT, NO_INT, {{0}}}};

	return (struct open_placement){
		.person_name = SAID("Canary Person"),
		.person_initials = SAID("A.R."),
		.care_setting = CARE_RESIDENTIAL,
		.urgency = (int32_t)urgency,
		.wanted_start_day = on("2026-05-18"),
		.planned_end_day = NO_DAY,
		.funding = LIST_OF(funding),
	};
}

HELPER struct describe_needs needs(void)
{
	static struct need list[] = {{TEXT("nights"), WORDS("Turned twice a night"), 7, 30, 1}};
	static struct outcome outcomes[] = {
		{.key = TEXT("garden"), .what = WORDS("Grow tomatoes"), .owner = SIDE_PROVIDER},
		{.key = TEXT("family"), .what = WORDS("See the grandchildren"), .owner = NO_ENUM},
	};

	return (struct describe_needs){TEXT("AS-1"), LIST_OF(list), LIST_OF(outcomes)};
}

HELPER struct record_involvement involvement(enum involvement_purpose purpose)
{
	return (struct record_involvement){
		.purpose = (int32_t)purpose,
		.took_part = TOOK_PART_FULLY,
		.how = SAID("At the kitchen table"),
	};
}

HELPER struct calculate calculation(const char *model)
{
	return (struct calculate){
		.model = text_of(model),
		.version = TEXT("1"),
		.low_p = NO_INT,
		.mid_p = NO_INT,
		.high_p = NO_INT,
		.weekly_low_p = NO_INT,
		.weekly_mid_p = NO_INT,
		.weekly_high_p = NO_INT,
	};
}

HELPER struct panel_decide approval(int64_t limit_p)
{
	return (struct panel_decide){PANEL_APPROVED, limit_p, SAID("Canary reasons")};
}

HELPER struct invite invitation_of(struct uuid whom)
{
	return (struct invite){
		.provider = whom,
		.wanted_start_day = NO_DAY,
		.closes_day = NO_DAY,
		.calculation = NO_INT,
		.needs = NO_INT,
	};
}

/* One line by the week; its list lives in the arena, so that several offers can be kept. */
HELPER struct make_offer offer_of(int64_t weekly_p)
{
	static const struct outcome_ref outcomes[] = {{TEXT("garden")}};
	struct fee_line *line = arena_make(arena, struct fee_line);
	struct make_offer offer;

	*line = (struct fee_line){.key = TEXT("care"),
				  .label = TEXT("Care"),
				  .unit = LINE_WEEK,
				  .index = NO_ENUM,
				  .quantity_r = 10000,
				  .rate_r = weekly_p * 100,
				  .weekly_p = NO_INT};
	schema_clear(move_schema(MOVE_MAKE_OFFER), &offer);
	offer.terms.lines = (struct list){line, 1};
	offer.terms.outcomes = LIST_OF(outcomes);
	offer.terms.start_day = on("2026-05-18");
	return offer;
}

HELPER const struct thread *strand(void)
{
	assert_true(played->thread_count > 0);
	return &played->threads[played->thread_count - 1];
}

/* The digest of the newest offer in the strand negotiated in, or else the newest strand. */
HELPER struct digest newest_digest(void)
{
	const struct thread *t = placement_open_thread(played);

	t = t ? t : strand();
	return t->offer_count ? t->offers[t->offer_count - 1].data->terms_digest
			      : (struct digest){{0}};
}

HELPER struct accept acceptance(void)
{
	return (struct accept){
		.terms_digest = newest_digest(), .number = NO_INT, .weekly_p = NO_INT};
}

HELPER struct sign signature(void)
{
	return (struct sign){.terms_digest = newest_digest(),
			     .side = NO_ENUM,
			     .agreement = NO_INT,
			     .difference_p = NO_INT,
			     .nights = NO_INT};
}

HELPER struct reject rejection(void)
{
	return (struct reject){.reason = REJECT_PRICE, .number = NO_INT};
}

HELPER struct hold_review review(enum review_kind kind, const char *held)
{
	static struct outcome_result_entry results[] = {
		{TEXT("garden"), OUTCOME_MET, {.text = TEXT_NONE}}};

	return (struct hold_review){
		.kind = (int32_t)kind,
		.held_day = on(held),
		.outcomes = LIST_OF(results),
		.needs = NEEDS_UNCHANGED,
		.decision = REVIEW_CONTINUE,
		.reassessed_day = NO_DAY,
	};
}

HELPER void fill_digest(void *context, struct text path, struct personal *personal)
{
	(void)context;
	(void)path;
	personal->digest = sha256(personal->text, TEXT_NONE, TEXT_NONE);
}

/* What the shell does before a body is written, with the person's own salt. */
HELPER void fill_digests(enum move move, void *data)
{
	schema_each_personal(arena, move_schema(move), data, fill_digest, NULL);
}

/* ---- stretches of a placement's life ---- */

/* Opened on Monday 23 March 2026 with needs, involvement and a guide, at 10:00. */
HELPER void play_prepared(enum urgency urgency)
{
	struct open_placement open = opening(urgency);
	struct describe_needs described = needs();
	struct record_involvement involved = involvement(INVOLVED_IN_CALCULATION);
	struct calculate calculated = calculation("home");

	must(&officer, MOVE_OPEN_PLACEMENT, &open, at("2026-03-23 10:00"));
	must(&officer, MOVE_DESCRIBE_NEEDS, &described, at("2026-03-23 10:00"));
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-03-23 10:00"));
	must(&officer, MOVE_CALCULATE, &calculated, at("2026-03-23 10:00"));
}

HELPER void play_approved(enum urgency urgency)
{
	struct refer_to_panel referred = {SAID("Canary note"), NO_DAY};
	struct panel_decide approved = approval(LIMIT_P);

	play_prepared(urgency);
	must(&officer, MOVE_REFER_TO_PANEL, &referred, at("2026-03-24 09:00"));
	must(&panel, MOVE_PANEL_DECIDE, &approved, at("2026-03-24 09:30"));
}

/* Invited on Wednesday 1 April 2026 at 10:00. */
HELPER void play_invited(enum urgency urgency)
{
	struct invite invited = invitation_of(provider);

	play_approved(urgency);
	must(&officer, MOVE_INVITE, &invited, at("2026-04-01 10:00"));
}

/* The provider offers 1,812.00 on Thursday 9 April at 10:00: reply by Thursday 16 April. */
HELPER void play_offered(void)
{
	struct make_offer offer = offer_of(181200);

	play_invited(URGENCY_ORDINARY);
	must(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-09 10:00"));
}

/* The provider offers 1,650.00 instead and has it accepted on Friday 10 April. */
HELPER void play_accepted(void)
{
	struct make_offer offer = offer_of(165000);
	struct accept accept;

	play_invited(URGENCY_ORDINARY);
	must(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-09 10:00"));
	accept = acceptance();
	must(&officer, MOVE_ACCEPT, &accept, at("2026-04-10 10:00"));
}

HELPER void play_signed(void)
{
	struct record_involvement involved = involvement(INVOLVED_IN_SIGNATURE);
	struct sign sign;

	play_accepted();
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-04-10 11:00"));
	sign = signature();
	must(&signatory, MOVE_SIGN, &sign, at("2026-04-13 10:00"));
	must(&provider_signatory, MOVE_SIGN, &sign, at("2026-04-14 10:00"));
}

/* Care started on Monday 18 May 2026. */
HELPER void play_started(void)
{
	struct confirm_start start = {.started_day = on("2026-05-18")};

	play_signed();
	must(&officer, MOVE_CONFIRM_START, &start, at("2026-05-19 10:00"));
}

/* ---- what is asserted ---- */

/* The newest obligation of the duty that the side owes, or NULL. */
HELPER const struct obligation *newest(enum duty duty, enum side side)
{
	for (size_t i = played->obligation_count; i-- > 0;)
		if (played->obligations[i].duty == duty && played->obligations[i].owed_by == side)
			return &played->obligations[i];
	return NULL;
}

HELPER const struct obligation *owed(enum duty duty, enum side side)
{
	const struct obligation *o = newest(duty, side);

	if (!o)
		fail_msg("nobody owes %s", duty_names[duty]);
	return o;
}

HELPER void assert_due(enum duty duty, enum side side, const char *wall)
{
	const struct obligation *o = owed(duty, side);
	struct text due =
		o->due_at_us == NEVER_US ? TEXT("never") : instant_text(arena, o->due_at_us);

	if (o->due_at_us != at(wall))
		fail_msg("%s is due %.*s, not %s (London)", duty_names[duty], TEXT_FMT(due), wall);
	assert_int_equal(o->state, OBLIGATION_OPEN);
}

HELPER void assert_state(enum duty duty, enum side side, enum obligation_state state)
{
	const struct obligation *o = owed(duty, side);

	if (o->state != state)
		fail_msg("%s is %s, not %s", duty_names[duty], obligation_state_names[o->state],
			 obligation_state_names[state]);
}

HELPER void assert_missed(enum duty duty, enum side side, const char *wall)
{
	assert_true(owed(duty, side)->missed_at_us == at(wall));
}

HELPER size_t open_count(void)
{
	size_t count = 0;

	for (size_t i = 0; i < played->obligation_count; i++)
		count += obligation_is_open(&played->obligations[i]);
	return count;
}

#endif
