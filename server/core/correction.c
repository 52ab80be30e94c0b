/*
 * correction.c - an entry put right: by its own side, by a second officer, by the data protection
 * lead.
 *
 * Nothing is edited. A correction is a fact beside the entry; clocks that counted from what was
 * wrong are derived again, those that had ended are judged again, and both sides are told. Which
 * values can be put right is the table of correctable.c.
 */
#include "concordat/core/situation.h"

/* ---- which entry ---- */

static const struct fact *entry_meant(const struct situation *s)
{
	return entry_named(s->placement, s->actor, *(const int64_t *)s->data);
}

/* What both were told by it, not what the other side said. */
static bool is_own(const struct situation *s, const struct fact *entry)
{
	return entry->side == (int32_t)s->actor->side &&
	       uuid_eq(entry->organisation, s->actor->organisation) &&
	       entry->on_behalf_of == NO_ENUM;
}

static bool is_void(const struct situation *s, const struct fact *entry)
{
	return placement_beside(s->placement, placement_party(s->placement, s->actor->organisation),
				FACT_ENTERED_IN_ERROR, entry->seq) != NULL;
}

static bool any_entry(const struct situation *s,
		      bool (*fits)(const struct situation *s, const struct fact *entry))
{
	for (size_t i = 0; i < s->placement->fact_count; i++)
		if (fits(s, s->placement->facts[i]))
			return true;
	return false;
}

/* Its part goes on, or ended with the placement: not of a provider that others have followed. */
static bool is_still_a_side(const struct situation *s)
{
	const struct party *party = placement_party(s->placement, s->actor->organisation);
	const struct thread *own = party ? placement_thread(s->placement, party->thread) : NULL;

	return s->actor->side == SIDE_COMMISSIONER ||
	       (own && (own->state == THREAD_OPEN || own->state == THREAD_AGREED ||
			(own->ended_entry && own->ended_entry == s->placement->ended_entry)));
}

/* What care and its clocks rest on. */
static bool is_of_care(enum fact_kind kind)
{
	return kind == FACT_START_CONFIRMED || kind == FACT_REVIEW_HELD ||
	       kind == FACT_ABSENCE_RECORDED || kind == FACT_ABSENCE_ENDED;
}

static bool is_beyond(const struct situation *s, const struct fact *entry)
{
	return is_of_care(entry->kind) && !is_still_a_side(s);
}

static bool is_settled(const struct placement *placement)
{
	return placement->agreement_count > 0 || care_has_started(placement);
}

/* It was agreed to, or still can be: declined, it says nothing. */
static bool existing_counts(const struct placement *p, const struct fact *entry)
{
	const struct thread *thread = placement_thread(p, entry->thread);

	for (size_t i = 0; i < p->agreement_count; i++)
		if (p->agreements[i].basis == AGREEMENT_EXISTING &&
		    p->agreements[i].thread == entry->thread)
			return true;
	return thread && thread->state == THREAD_OPEN && thread_open_offer(thread) &&
	       thread_open_offer(thread)->entry == entry->seq;
}

static bool is_without_effect(const struct situation *s, const struct fact *entry)
{
	return entry->kind == FACT_EXISTING_AGREEMENT_RECORDED &&
	       !existing_counts(s->placement, entry);
}

static bool can_correct(const struct situation *s, const struct fact *entry)
{
	return kind_is_correctable(entry->kind) && is_own(s, entry) && !is_beyond(s, entry) &&
	       !(entry->kind == FACT_PLACEMENT_OPENED && is_settled(s->placement)) &&
	       !is_without_effect(s, entry) && !is_void(s, entry);
}

RULE(entry_correctable, "entry_correctable",
     "the entry is one's own side's, and holds a day or an amount that can be put right")
{
	const struct correct *data = s->data;
	const struct correctable *row;
	const struct fact *entry;

	if (!data)
		return any_entry(s, can_correct) ||
		       NO(entry_correctable, NULL,
			  "Your side has made no entry with a day or an amount that can be "
			  "corrected.");
	entry = entry_meant(s);
	if (!entry)
		return NO(entry_correctable, "/entry", "There is no such entry in your history.");
	row = correctable_of(entry->kind, data->field);
	if (!is_own(s, entry))
		return NO(entry_correctable, "/entry",
			  "Only your own side's words can be corrected. Dispute this entry "
			  "(dispute_entry).");
	if (fact_puts_offer(entry->kind) || entry->kind == FACT_SIGNED ||
	    (entry->kind == FACT_EXISTING_AGREEMENT_RECORDED && !row))
		return NO(entry_correctable, "/entry",
			  "What was offered and signed is corrected by a version that both sign "
			  "(propose_correction).");
	if (is_void(s, entry))
		return NO(entry_correctable, "/entry",
			  "This entry was marked as made in error; nothing in it counts.");
	if (is_beyond(s, entry))
		return NO(entry_correctable, "/entry",
			  "Your part here is over. Ask the commissioner to put it right.");
	if (entry->kind == FACT_PLACEMENT_OPENED && is_settled(s->placement))
		return NO(entry_correctable, "/field",
			  "Care has started or is agreed on these days. Propose a variation "
			  "(propose_variation).");
	if (is_without_effect(s, entry))
		return NO(entry_correctable, "/entry",
			  "The provider did not agree to this, so nothing in it counts.");
	return row || NO(entry_correctable, "/field",
			 "This member cannot be corrected. A statement beside it may help "
			 "(send_message).");
}

/* What it says now: the last correction, or else the entry. */
static int64_t value_now(const struct situation *s, const struct fact *entry,
			 const struct correctable *row)
{
	int64_t value = correctable_value(row, entry->data);

	for (size_t i = (size_t)entry->seq; i < s->placement->fact_count; i++) {
		const struct correct *earlier = s->placement->facts[i]->data;

		if (s->placement->facts[i]->kind == FACT_CORRECTED &&
		    earlier->entry == entry->seq && text_is(earlier->field, row->field))
			(void)correctable_read(row, earlier->is, &value);
	}
	return value;
}

/* Put right, its nights are nights of care and of no other absence. */
static bool absence_can_be(const struct situation *s, const struct fact *entry, struct text field,
			   int32_t day)
{
	const struct placement *p = s->placement;
	const struct absence *it = absence_of_entry(p, entry->seq);
	int32_t from, to;

	if (!it)
		return false;
	from = text_is(field, "from") ? day : it->from_day;
	to = text_is(field, "to") ? day : it->to_day;
	if (from < p->started_day || from < first_day_of_present_provider(p) ||
	    (to != NO_DAY && to < from))
		return false;
	for (size_t i = 0; i < p->absence_count; i++)
		if (&p->absences[i] != it && absence_overlaps(&p->absences[i], from, to))
			return false;
	return true;
}

static bool opening_days_fit(const struct placement *p, struct text field, int32_t day)
{
	if (text_is(field, "planned_end"))
		return day >= p->opening->wanted_start_day;
	return p->opening->planned_end_day == NO_DAY || day <= p->opening->planned_end_day;
}

/* After something that rests on care having started. */
static bool starts_too_late(const struct placement *p, int32_t day)
{
	for (size_t i = 0; i < p->absence_count; i++)
		if (!p->absences[i].in_error && p->absences[i].from_day < day)
			return true;
	for (size_t i = 0; i < p->agreement_count; i++)
		if (p->agreements[i].basis == AGREEMENT_NOVATED && p->agreements[i].from_day <= day)
			return true;
	return p->ended_entry && p->last_day != NO_DAY && day > p->last_day;
}

static bool review_was_held(const struct placement *p, int32_t before_day)
{
	for (size_t i = 0; i < p->review_count; i++)
		if (p->reviews[i].data->held_day < before_day)
			return true;
	return false;
}

/* The earliest day on which care may have started. */
static int32_t earliest_start(const struct situation *s)
{
	return s->placement->existing ? first_existing_day()
				      : london_day(s->placement->opened_at_us);
}

static bool care_can_have(const struct situation *s, const struct fact *entry, int32_t is,
			  struct refusal *refusal)
{
	const char *rule = rule_correction_sound.name;

	if (is > london_day(s->now_us))
		return refuse(refusal, rule, "/is", TEXT("This day is still to come."));
	if (entry->kind == FACT_REVIEW_HELD)
		return is >= s->placement->started_day ||
		       refuse(refusal, rule, "/is", TEXT("This day is before care started."));
	if (is < earliest_start(s))
		return refuse(refusal, rule, "/is",
			      s->placement->existing
				      ? TEXT("This day is before 1 April 2015. Give that day, and "
					     "put what came before into a note.")
				      : TEXT("This day is before the placement was opened."));
	if (review_was_held(s->placement, is))
		return refuse(refusal, rule, "/is",
			      TEXT("A review was held before that day. Correct the review first."));
	return !starts_too_late(s->placement, is) ||
	       refuse(refusal, rule, "/is",
		      TEXT("Care had ended, or passed to another provider, or the person was away, "
			   "by that day."));
}

/* As it would be entered now. */
static bool paying_can_be(const struct situation *s, const struct fact *entry,
			  const struct correctable *row, int64_t is, struct refusal *refusal)
{
	const void *drawn = entry_drawn(s->placement, entry->seq);
	const void *data = correctable_put(s->arena, row, drawn, is);
	struct flaw flaw;

	if (entry->kind == FACT_FUNDING_CHANGED ? funding_is_sound(s, data, &flaw)
						: top_up_is_sound(s, data, &flaw))
		return true;
	return refuse(refusal, rule_correction_sound.name, "/is", flaw.sentence);
}

static bool value_can_be(const struct situation *s, const struct fact *entry,
			 const struct correctable *row, int64_t is, struct refusal *refusal)
{
	const char *rule = rule_correction_sound.name;
	struct text field = text_of(row->field);

	switch (entry->kind) {
	case FACT_PLACEMENT_OPENED:
		return opening_days_fit(s->placement, field, (int32_t)is) ||
		       refuse(refusal, rule, "/is",
			      TEXT("The planned end is before the wanted start."));
	case FACT_ABSENCE_RECORDED:
	case FACT_ABSENCE_ENDED:
		return absence_can_be(s, entry, field, (int32_t)is) ||
		       refuse(refusal, rule, "/is",
			      TEXT("These would not be nights of care, or another absence covers "
				   "them."));
	case FACT_FUNDING_CHANGED:
	case FACT_TOP_UP_SIGNED:
		return paying_can_be(s, entry, row, is, refusal);
	default:
		return care_can_have(s, entry, (int32_t)is, refusal);
	}
}

RULE(correction_sound, "correction_sound",
     "it states the day or amount that stands and another that can be true")
{
	const struct correct *data = s->data;
	const struct correctable *row;
	const struct fact *entry;
	int64_t was, is;

	if (!data)
		return true;
	entry = entry_meant(s);
	row = correctable_of(entry->kind, data->field);
	if (row->as == CORRECTS_PART && value_now(s, entry, row) == NO_INT)
		return NO(correction_sound, "/field",
			  "The entry states no amount for this payer. Correct another's, or mark "
			  "it as made in error and enter it again.");
	if (!correctable_read(row, data->was, &was) || was != value_now(s, entry, row))
		return NO(correction_sound, "/was",
			  "This is not what the entry says now. Read it again.");
	if (!correctable_read(row, data->is, &is))
		return row->as == CORRECTS_DAY
			       ? NO(correction_sound, "/is", "Give the true day, as in 2026-03-02.")
			       : NO(correction_sound, "/is",
				    "Give the true amount a week in pounds, as in 85.71.");
	if (is == was)
		return NO(correction_sound, "/is", "This is what it says already.");
	return value_can_be(s, entry, row, is, refusal);
}

/* ---- entered in error ---- */

/* Those that nothing else rests on, or whose effects can be taken back. */
static bool kind_is_markable(enum fact_kind kind)
{
	return kind == FACT_INVOLVEMENT_RECORDED || kind == FACT_START_CONFIRMED ||
	       kind == FACT_REVIEW_HELD || kind == FACT_MESSAGE_SENT || kind == FACT_NOTE_WRITTEN ||
	       kind == FACT_DOCUMENT_ATTACHED || kind == FACT_ABSENCE_RECORDED ||
	       kind == FACT_FEEDBACK_GIVEN || kind == FACT_FUNDING_CHANGED ||
	       kind == FACT_TOP_UP_SIGNED;
}

static bool made_by_own_side(const struct situation *s, const struct fact *entry)
{
	return entry->side == (int32_t)s->actor->side &&
	       uuid_eq(entry->organisation, s->actor->organisation);
}

static bool rests_on_start(const struct situation *s, const struct fact *entry)
{
	return entry->kind == FACT_START_CONFIRMED && s->placement->review_count;
}

static bool opened_a_round(const struct placement *p, const struct fact *entry)
{
	for (size_t i = 0; i < p->round_count; i++)
		if (round_is_later(&p->rounds[i]) && p->rounds[i].opened_entry == entry->seq)
			return true;
	return false;
}

/* A person or a family has no second officer. */
static bool marks_alone(const struct situation *s)
{
	return s->actor->side == SIDE_REPRESENTATIVE;
}

static bool can_mark(const struct situation *s, const struct fact *entry)
{
	return kind_is_markable(entry->kind) && made_by_own_side(s, entry) &&
	       (marks_alone(s) || !uuid_eq(entry->user, s->actor->user)) &&
	       !rests_on_start(s, entry) && !is_beyond(s, entry) &&
	       !opened_a_round(s->placement, entry) && !is_void(s, entry);
}

RULE(entry_markable, "entry_markable",
     "the entry was made by one's own side, and nothing rests on it")
{
	const struct fact *entry;

	if (!s->data)
		return any_entry(s, can_mark) ||
		       NO(entry_markable, NULL,
			  "No colleague of yours has made an entry that can be marked as made in "
			  "error.");
	entry = entry_meant(s);
	if (!entry)
		return NO(entry_markable, "/entry", "There is no such entry in your history.");
	if (!made_by_own_side(s, entry))
		return NO(entry_markable, "/entry",
			  "This entry is the other side's. Dispute it (dispute_entry).");
	if (is_void(s, entry))
		return NO(entry_markable, "/entry", "This entry is marked already.");
	if (!kind_is_markable(entry->kind))
		return NO(entry_markable, "/entry",
			  "Other entries rest on this one. Correct it, or put what is true "
			  "beside it.");
	if (is_beyond(s, entry))
		return NO(entry_markable, "/entry",
			  "Your part here is over. Ask the commissioner to mark it.");
	if (opened_a_round(s->placement, entry))
		return NO(entry_markable, "/entry",
			  "A round was opened with this entry. Correct the entry instead.");
	if (rests_on_start(s, entry))
		return NO(entry_markable, "/entry",
			  "A review was held since care started. Mark the review first.");
	return true;
}

RULE(second_officer, "second_officer",
     "somebody else than who made the entry marks it, of a side that has officers")
{
	return !s->data || marks_alone(s) || !uuid_eq(entry_meant(s)->user, s->actor->user) ||
	       NO(second_officer, "/entry",
		  "You made this entry, so a colleague must mark it as made in error.");
}

RULE(entry_redactable, "entry_redactable", "the entry is there and is not redacted yet")
{
	const struct fact *entry;

	if (!s->data)
		return true;
	entry = entry_meant(s);
	if (!entry)
		return NO(entry_redactable, "/entry", "There is no such entry in your history.");
	if (placement_beside(s->placement, placement_party(s->placement, s->actor->organisation),
			     FACT_REDACTED, entry->seq))
		return NO(entry_redactable, "/entry", "This entry is redacted already.");
	return true;
}

RULE(version_to_correct, "version_to_correct",
     "the terms begin on the day of a version, which they correct")
{
	const struct make_offer *data = s->data;

	if (data && data->terms.start_day < first_day_of_present_provider(s->placement))
		return NO(version_to_correct, "/terms/start",
			  "This version was another provider's, which is to sign a correction of "
			  "it.");
	return !data || agreement_from(s->placement, data->terms.start_day) ||
	       NO(version_to_correct, "/terms/start",
		  "No version begins on this day. A correction begins when what it corrects "
		  "did.");
}

/* ---- what the rows name ---- */

bool derive_entry_seq(const struct situation *s, void *data, struct refusal *refusal)
{
	(void)refusal;
	*(int64_t *)data = entry_named(s->placement, s->actor, *(const int64_t *)s->asked)->seq;
	return true;
}

bool correct_clocks(const struct situation *s, struct fact *fact)
{
	const struct correct *data = s->data;
	const struct fact *entry = s->placement->facts[data->entry - 1];
	const struct correctable *row = correctable_of(entry->kind, data->field);
	int64_t day;

	return !row->effect ||
	       (correctable_read(row, data->is, &day) && row->effect(s, fact, entry, (int32_t)day));
}

/* What it began is released; what it ended is owed again, as it was, unless nothing is any more. */
bool void_clocks(const struct situation *s, struct fact *fact)
{
	int64_t seq = *(const int64_t *)s->data;
	const struct fact *entry = s->placement->facts[seq - 1];
	const struct closed *closes = entry->closes.items;

	for (size_t i = 0; i < s->placement->obligation_count; i++)
		if (s->placement->obligations[i].entry == seq)
			end_obligation(s, fact, &s->placement->obligations[i], OBLIGATION_RELEASED);
	for (size_t i = 0; i < entry->closes.count && s->placement->stage != STAGE_ENDED; i++) {
		const struct obligation *o = placement_obligation(
			s->placement, (int32_t)closes[i].entry, (int32_t)closes[i].n);
		struct due same = {.at_us = o->due_at_us,
				   .nominal_day = o->nominal_day,
				   .due_day = o->due_day,
				   .provisional = o->provisional};

		set_due(s, fact, o, &same, "entered_in_error")->state = OBLIGATION_OPEN;
	}
	return true;
}
