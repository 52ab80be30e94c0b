/*
 * laws_life.h - what holds of the life of an agreement, after every step: one round at a time, the
 * present terms stand, the end is final, and the account adds up.
 */
#ifndef CONCORDAT_TESTS_LAWS_LIFE_H
#define CONCORDAT_TESTS_LAWS_LIFE_H

#include "concordat/core/account.h"

#include "laws.h"

/* ---- rounds and versions ---- */

static void one_later_round_at_a_time(void)
{
	size_t open = 0;

	for (size_t i = 0; i < played->round_count; i++) {
		const struct round *round = &played->rounds[i];
		const struct thread *t = placement_thread(played, round->thread);
		const struct party *party;

		open += round->open;
		if (!round_is_later(round))
			continue;
		LAW(played->agreement_count, "a later round before there is an agreement");
		LAW(round->open || t->state != THREAD_OPEN, "a round is over, its strand is not");
		LAW(!round->open || t->state == THREAD_OPEN, "a round is open, its strand is not");
		LAW(!round->open || round->stage == STAGE_NEGOTIATING ||
			    round->stage == STAGE_MEDIATING || round->stage == STAGE_SIGNING,
		    "a later round is nowhere");
		LAW((round->stage == STAGE_IN_FORCE) == (t->state == THREAD_AGREED) ||
			    t->state == THREAD_ENDED,
		    "a later round and its strand disagree whether it was signed");
		party = placement_party(played, t->provider);
		LAW(!round->open || (party && party->thread == t->number),
		    "the provider of a later round is no party to it");
	}
	LAW(open <= 1, "two rounds are open");
}

/* Versions are added and never changed; and as long as none is, what is in force stays. */
static void present_terms_stand(const struct placement *before, int32_t today)
{
	LAW(played->agreement_count >= before->agreement_count, "a version is gone");
	LAW(played->agreement_count <= before->agreement_count + 1, "two versions in one step");
	for (size_t i = 0; i < before->agreement_count; i++) {
		const struct agreement *was = &before->agreements[i];
		const struct agreement *is = &played->agreements[i];

		LAW(is->number == was->number && is->from_day == was->from_day &&
			    is->to_day == was->to_day && is->entry == was->entry &&
			    digest_eq(&is->terms_digest, &was->terms_digest),
		    "a version changes");
	}
	if (played->agreement_count != before->agreement_count)
		return;
	for (int32_t day = today - 60; day <= today + 60; day += 15) {
		const struct agreement *was = agreement_on(before, day);
		const struct agreement *is = agreement_on(played, day);

		LAW(!was == !is && (!is || is->number == was->number),
		    "the terms in force change and no version is added");
	}
}

/* The day before a version begins is another's. */
static void each_day_has_one_version(void)
{
	for (size_t i = 0; i < played->agreement_count; i++) {
		const struct agreement *version = &played->agreements[i];
		const struct agreement *on_first = agreement_on(played, version->from_day);
		int32_t last_day = agreement_last_day(played, version);

		LAW(version->number == (int64_t)i + 1, "versions are numbered from 1");
		LAW(on_first && on_first->number >= version->number,
		    "a day is covered by an older version than another of it");
		LAW(last_day == NO_DAY || last_day >= version->from_day - 1,
		    "a version ends before it begins");
		LAW(placement_thread(played, version->thread) != NULL, "a version of no strand");
	}
}

/* ---- notice, reviews, complaints, nights away ---- */

static size_t open_of(enum duty duty)
{
	size_t count = 0;

	for (size_t i = 0; i < played->obligation_count; i++)
		count += played->obligations[i].duty == duty &&
			 obligation_is_open(&played->obligations[i]);
	return count;
}

static void duties_of_life_are_sound(void)
{
	size_t away = 0, asked = 0, raised = 0;

	LAW(open_of(DUTY_FIRST_REVIEW) <= 1 && open_of(DUTY_THREE_MONTH_REVIEW) <= 1 &&
		    open_of(DUTY_YEARLY_REVIEW) <= 1,
	    "a review is scheduled twice");
	LAW(open_of(DUTY_RECALCULATE) <= 1, "the calculation is owed twice");
	LAW(!open_of(DUTY_EXIT_PLAN) || played->notice.entry, "a plan is owed without notice");
	LAW(!open_of(DUTY_HANDOVER_PLAN) || played->notice.entry, "a plan is owed without notice");
	for (size_t i = 0; i < played->complaint_count; i++) {
		enum complaint_state state = played->complaints[i].state;

		asked += state == COMPLAINT_RAISED || state == COMPLAINT_ACKNOWLEDGED ||
			 state == COMPLAINT_WITH_MANAGER;
		raised += state == COMPLAINT_RAISED;
	}
	LAW(open_of(DUTY_ANSWER_COMPLAINT) <= asked, "an answer is owed that nobody waits for");
	LAW(open_of(DUTY_ACKNOWLEDGE_COMPLAINT) <= raised, "what is acknowledged is owed");
	for (size_t i = 0; i < played->absence_count; i++)
		away += played->absences[i].to_day == NO_DAY && !played->absences[i].in_error;
	LAW(away <= 1, "the person is away twice");
}

/* ---- the end ---- */

static void the_end_is_final(const struct placement *before)
{
	if (before->seq && before->stage == STAGE_ENDED) {
		LAW(played->stage == STAGE_ENDED, "what has ended goes on");
		LAW(played->end_reason == before->end_reason &&
			    played->ended_entry == before->ended_entry &&
			    played->last_day == before->last_day,
		    "an end changes");
	}
	LAW((played->stage == STAGE_ENDED) == (played->end_reason != NO_ENUM),
	    "an end without its reason");
}

HELPER void life_is_sound(const struct placement *before, int64_t now_us)
{
	one_later_round_at_a_time();
	present_terms_stand(before, london_day(now_us));
	each_day_has_one_version();
	duties_of_life_are_sound();
	the_end_is_final(before);
}

/* ---- the account ---- */

static int64_t sum_of(const struct amounts *amounts)
{
	int64_t sum = 0;

	for (int funder = 0; funder < FUNDER_COUNT; funder++)
		sum += amounts->by_p[funder];
	return sum;
}

static void amounts_add_up(const struct amounts *amounts)
{
	LAW(amounts->total_p == sum_of(amounts), "the parts of an amount are not the whole");
}

/* Of each payer, and of both halves of the year. */
HELPER void the_account_adds_up(int64_t now_us)
{
	int32_t today = london_day(now_us);
	struct account_question whole = {
		.known_at_us = now_us, .from_day = today - 200, .to_day = today + 165};
	struct account_question first = whole, second = whole;
	struct account account, parts[2];
	const struct account_adjustment *adjusted;
	int64_t put_right = 0;

	if (!played->seq)
		return;
	first.to_day = today - 20;
	second.from_day = today - 19;
	account_work(arena, played, &whole, &account);
	account_work(arena, played, &first, &parts[0]);
	account_work(arena, played, &second, &parts[1]);
	amounts_add_up(&account.charged);
	amounts_add_up(&account.adjusted);
	amounts_add_up(&account.due);
	for (int funder = 0; funder < FUNDER_COUNT; funder++) {
		LAW(account.charged.by_p[funder] + account.adjusted.by_p[funder] ==
			    account.due.by_p[funder],
		    "what was charged and put right is not what is due");
		LAW(parts[0].due.by_p[funder] + parts[1].due.by_p[funder] ==
			    account.due.by_p[funder],
		    "two halves are not the whole");
	}
	adjusted = account.adjustments.items;
	for (size_t i = 0; i < account.adjustments.count; i++)
		put_right += adjusted[i].difference.total_p;
	LAW(put_right == account.adjusted.total_p, "the adjustments are not what was put right");
	LAW(played->last_day == NO_DAY || account.nights <= 366, "more nights than days");
}

#endif
