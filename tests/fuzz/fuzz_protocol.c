/*
 * fuzz_protocol.c - a protocol's document: refused with a reason, or sound for a placement's life.
 *
 * What is taken must read back as itself, and every clock it gives must be one that core can count:
 * a placement is played under it from its opening to a review, with time passing until everything
 * that can lapse has lapsed.
 */
#include "../unit/core/world.h"

#include <stdlib.h>

#include "concordat/wire/document.h"

int LLVMFuzzerInitialize(int *count, char ***arguments);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct arena *world_arena; /* kept for what the models are run by */

static void check(bool held)
{
	if (!held)
		abort();
}

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
	(void)count;
	(void)arguments;
	world_arena = arena = arena_new();
	world_init();
	return 0;
}

/* What is written of it reads back as the same. */
static void check_written(const struct protocol *protocol)
{
	struct text once = protocol_write(arena, protocol), why = TEXT_NONE;
	const struct protocol *again = protocol_decode(arena, once, &why);
	struct writer w;

	check(again && text_eq(protocol_write(arena, again), once));
	writer_init(&w, arena);
	protocol_markdown(&w, protocol);
	check(w.len > 0 && text_is_utf8(writer_text(&w)));
}

static void check_clocks(int64_t now_us)
{
	struct text name;
	int64_t at_us, next_us;

	for (size_t i = 0; i < played->obligation_count; i++) {
		const struct obligation *o = &played->obligations[i];

		check(rule_is_sound(o->rule));
		/* What a move in hindsight opened is looked at at once. */
		if (obligation_is_open(o) &&
		    (o->missed_at_us != NEVER_US || o->due_at_us >= now_us)) {
			next_us = obligation_next_us(&world, o, now_us);
			check(next_us > now_us);
		}
		if (obligation_reminder(arena, &world, o, o->opened_at_us, now_us, &at_us, &name))
			check(at_us <= now_us && name.len > 0);
	}
}

/* A move that the protocol's dates may make impossible, the calendar being what it is. */
static bool moves(const struct actor *who, enum move move, const void *data, const char *when)
{
	int64_t now_us = at(when);
	bool made = moved(who, move, data, now_us);

	check(made || (last.refusal.rule && last.refusal.sentence.len > 0));
	check_clocks(now_us);
	return made;
}

static bool plays_to_approval(enum urgency urgency)
{
	struct open_placement open = opening(urgency);
	struct describe_needs described = needs();
	struct record_involvement involved = involvement(INVOLVED_IN_CALCULATION);
	struct calculate calculated = calculation("home");
	struct refer_to_panel referred = {SAID("Note"), NO_DAY};
	struct panel_decide approved = approval(LIMIT_P);

	return moves(&officer, MOVE_OPEN_PLACEMENT, &open, "2026-03-23 10:00") &&
	       moves(&officer, MOVE_DESCRIBE_NEEDS, &described, "2026-03-23 10:01") &&
	       moves(&officer, MOVE_RECORD_INVOLVEMENT, &involved, "2026-03-23 10:01") &&
	       moves(&officer, MOVE_CALCULATE, &calculated, "2026-03-23 10:02") &&
	       moves(&officer, MOVE_REFER_TO_PANEL, &referred, "2026-03-24 09:00") &&
	       moves(&panel, MOVE_PANEL_DECIDE, &approved, "2026-03-24 09:30");
}

static bool plays_to_signing(void)
{
	struct invite invited = invitation_of(provider);
	struct make_offer offer = offer_of(165000);
	struct ask ask = {SAID("How many at night?"), NO_INT};
	struct answer answer = {1, SAID("Two")};
	struct accept accept;

	if (!moves(&officer, MOVE_INVITE, &invited, "2026-04-01 10:00"))
		return false;
	(void)moves(&negotiator, MOVE_ACKNOWLEDGE,
		    &(struct acknowledge){.contact = {.text = TEXT_NONE}}, "2026-04-01 10:30");
	(void)moves(&negotiator, MOVE_ASK, &ask, "2026-04-01 11:00");
	(void)moves(&officer, MOVE_ANSWER, &answer, "2026-04-01 12:00");
	if (!moves(&negotiator, MOVE_MAKE_OFFER, &offer, "2026-04-01 13:00"))
		return false;
	accept = acceptance();
	return moves(&officer, MOVE_ACCEPT, &accept, "2026-04-01 14:00");
}

static void play_to_a_review(void)
{
	struct record_involvement involved = involvement(INVOLVED_IN_SIGNATURE);
	struct confirm_start start = {.started_day = on("2026-05-18")};
	struct hold_review held = review(REVIEW_THREE_MONTH, "2026-08-14");
	struct sign sign = signature();

	(void)moves(&officer, MOVE_RECORD_INVOLVEMENT, &involved, "2026-04-01 14:30");
	if (!moves(&signatory, MOVE_SIGN, &sign, "2026-04-01 15:00") ||
	    !moves(&provider_signatory, MOVE_SIGN, &sign, "2026-04-01 16:00"))
		return;
	(void)moves(&officer, MOVE_CONFIRM_START, &start, "2026-05-19 10:00");
	involved = involvement(INVOLVED_IN_REVIEW);
	(void)moves(&officer, MOVE_RECORD_INVOLVEMENT, &involved, "2026-08-14 15:00");
	(void)moves(&officer, MOVE_HOLD_REVIEW, &held, "2026-08-14 16:00");
}

static void check_life(enum urgency urgency)
{
	static const char *const later[] = {"2026-10-25 01:30", "2027-03-28 01:30",
					    "2028-12-31 23:59", "2031-01-01 00:00"};

	played = placement_new(arena, authority, placement_id);
	last = (struct decision){0};
	on_thread = NO_INT;
	if (plays_to_approval(urgency) && plays_to_signing())
		play_to_a_review();
	for (size_t i = 0; i < sizeof(later) / sizeof(later[0]); i++) {
		settle(after_the_last(at(later[i])));
		check_clocks(at(later[i]));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text json = {(const char *)data, size}, why = TEXT_NONE;
	const struct protocol *protocol;

	arena = arena_new();
	protocol = protocol_decode(arena, json, &why);
	if (protocol) {
		check_written(protocol);
		world.protocol = protocol;
		check_life(URGENCY_ORDINARY);
		check_life(URGENCY_EMERGENCY);
	} else {
		check(why.len > 0 && text_is_utf8(why));
	}
	arena_free(arena);
	return 0;
}
