/*
 * asked.h - who is asked for which moves in a walk: what can matter within its bounds.
 */
#ifndef CONCORDAT_TESTS_ASKED_H
#define CONCORDAT_TESTS_ASKED_H

#include "abstract.h"

static bool is_among(const struct actor *who, const struct actor *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] == who)
			return true;
	return false;
}

/* Whoever represents the person is asked only where somebody may be invited to, and who mediates a
 * later round only where it may be; in the life of an agreement who puts entries right and answers
 * for the manager, and nobody whose part is played before it. */
static bool takes_part(size_t who)
{
	static const struct actor *const later[] = {&manager, &second_officer, &data_protection};
	static const struct actor *const before[] = {&third, &busy_officer, &officer_who_mediates};
	static const struct actor *const others[] = {&rival, &rival_signatory};

	if (people[who]->side == SIDE_REPRESENTATIVE)
		return bounds->kinds & BIT(DETOUR_REPRESENTED);
	if (!bounds->begin)
		return !is_among(people[who], later, 3);
	if (is_among(people[who], others, 2))
		return bounds->kinds & BIT(DETOUR_NOVATION);
	if (people[who] == &mediator)
		return bounds->kinds & BIT(DETOUR_MEDIATION);
	return !is_among(people[who], before, 3);
}

/* What begins a detour is not asked for where none of its kind is walked. */
static const struct {
	enum move move;
	enum detour kind;
} begins[] = {
	{MOVE_CORRECT, DETOUR_CORRECTED},
	{MOVE_MARK_ENTERED_IN_ERROR, DETOUR_CORRECTED},
	{MOVE_REDACT, DETOUR_REDACTED},
	{MOVE_RAISE_COMPLAINT, DETOUR_COMPLAINT},
	{MOVE_RECORD_ABSENCE, DETOUR_ABSENCE},
	{MOVE_CHANGE_FUNDING, DETOUR_FUNDING},
	{MOVE_NOVATE, DETOUR_NOVATION},
	{MOVE_GIVE_NOTICE, DETOUR_NOTICE},
	{MOVE_HOLD_REVIEW, DETOUR_REVIEW},
	{MOVE_REQUEST_REVIEW, DETOUR_REVIEW_ASKED},
	{MOVE_REQUEST_RECALCULATION, DETOUR_ROUND},
	{MOVE_CHALLENGE_UPLIFT, DETOUR_ROUND},
	{MOVE_PROPOSE_VARIATION, DETOUR_PROPOSAL},
	{MOVE_PROPOSE_EXTENSION, DETOUR_PROPOSAL},
	{MOVE_PROPOSE_CORRECTION, DETOUR_PROPOSAL},
	{MOVE_AGREE_INTERIM_TERMS, DETOUR_INTERIM},
	{MOVE_PROPOSE_MEDIATION, DETOUR_MEDIATION},
	{MOVE_ASK, DETOUR_QUESTION},
	{MOVE_CHANGE_TIMESCALE, DETOUR_MORE_TIME},
	{MOVE_REFER_TO_PANEL, DETOUR_PANEL},
	{MOVE_INVITE_REPRESENTATIVE, DETOUR_REPRESENTED},
};

/* What is said beside a negotiation is the same beside an agreement. */
static bool is_asked(enum move move)
{
	if (!bounds->begin)
		return !is_of_life(move);
	for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
		if (begins[i].move == move && !(bounds->kinds & BIT(begins[i].kind)))
			return false;
	return move != MOVE_WRITE_NOTE && move != MOVE_ATTACH;
}

#endif
