/*
 * correction.c - an entry put right: by its own side, by a second officer, by the data protection
 * lead.
 *
 * Nothing is edited. A correction is a fact beside the entry; clocks that counted from what was
 * wrong are derived again, those that had ended are judged again, and both sides are told. Which
 * days can be put right is a table.
 */
#include "concordat/core/situation.h"

/* ---- what follows for clocks ---- */

static enum obligation_state judged(int64_t due_at_us, int64_t done_at_us)
{
	return due_at_us < done_at_us ? OBLIGATION_MET_LATE : OBLIGATION_MET;
}

static bool count_again(const struct situation *s, struct fact *fact, const struct obligation *o,
			int64_t anchor_us)
{
	struct due_change *change;

	if (!obligation_is_open(o) && o->state != OBLIGATION_MET && o->state != OBLIGATION_MET_LATE)
		return true;
	if (!move_due(s, fact, o, o->rule, anchor_us, "corrected"))
		return false;
	change = (struct due_change *)fact->changes.items + fact->changes.count - 1;
	if (!obligation_is_open(o))
		change->state =
			(int32_t)judged(change->new_due_at_us, obligation_done_us(s->placement, o));
	return true;
}

/* Reviews count from the start, until one is held that the next counts from. */
static bool start_moved(const struct situation *s, struct fact *fact, const struct fact *entry,
			int32_t day)
{
	for (size_t i = 0; i < s->placement->obligation_count; i++) {
		const struct obligation *o = &s->placement->obligations[i];

		if (BIT(o->duty) & REVIEW_DUTIES && o->entry == entry->seq &&
		    !count_again(s, fact, o, london_instant(day, 0, 0)))
			return false;
	}
	return true;
}

/* What the review met is judged by the true day, and the next yearly one counts from it. */
static bool review_moved(const struct situation *s, struct fact *fact, const struct fact *entry,
			 int32_t day)
{
	const struct closed *closes = entry->closes.items;

	for (size_t i = 0; i < entry->closes.count; i++) {
		const struct obligation *o = placement_obligation(
			s->placement, (int32_t)closes[i].entry, (int32_t)closes[i].n);
		struct due same = {.at_us = o->due_at_us,
				   .nominal_day = o->nominal_day,
				   .due_day = o->due_day,
				   .provisional = o->provisional};

		if (o->state == OBLIGATION_MET || o->state == OBLIGATION_MET_LATE)
			set_due(s, fact, o, &same, "corrected")->state =
				(int32_t)judged(o->due_at_us, london_instant(day, 17, 0));
	}
	return start_moved(s, fact, entry, day);
}

static const struct correctable correctables[] = {
	{FACT_PLACEMENT_OPENED, "wanted_start", offsetof(struct open_placement, wanted_start_day),
	 NULL},
	{FACT_PLACEMENT_OPENED, "planned_end", offsetof(struct open_placement, planned_end_day),
	 NULL},
	{FACT_START_CONFIRMED, "started", offsetof(struct confirm_start, started_day), start_moved},
	{FACT_ABSENCE_RECORDED, "from", offsetof(struct record_absence, from_day), NULL},
	{FACT_ABSENCE_RECORDED, "to", offsetof(struct record_absence, to_day), NULL},
	{FACT_ABSENCE_ENDED, "to", offsetof(struct end_absence, to_day), NULL},
	{FACT_REVIEW_HELD, "held_on", offsetof(struct hold_review, held_day), review_moved},
	{FACT_REVIEW_HELD, "reassessed_on", offsetof(struct hold_review, reassessed_day), NULL},
};

const struct correctable *correctable_of(enum fact_kind kind, struct text field)
{
	for (size_t i = 0; i < sizeof(correctables) / sizeof(correctables[0]); i++)
		if (correctables[i].kind == kind && text_is(field, correctables[i].field))
			return &correctables[i];
	return NULL;
}

static bool kind_is_correctable(enum fact_kind kind)
{
	for (size_t i = 0; i < sizeof(correctables) / sizeof(correctables[0]); i++)
		if (correctables[i].kind == kind)
			return true;
	return false;
}

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

static bool can_correct(const struct situation *s, const struct fact *entry)
{
	return kind_is_correctable(entry->kind) && is_own(s, entry) && !is_beyond(s, entry) &&
	       !(entry->kind == FACT_PLACEMENT_OPENED && is_settled(s->placement)) &&
	       !is_void(s, entry);
}

RULE(entry_correctable, "entry_correctable",
     "the entry is one's own side's, and holds a day that can be put right")
{
	const struct correct *data = s->data;
	const struct fact *entry;

	if (!data)
		return any_entry(s, can_correct) ||
		       NO(entry_correctable, NULL,
			  "Your side has made no entry with a day that can be corrected.");
	entry = entry_meant(s);
	if (!entry)
		return NO(entry_correctable, "/entry", "There is no such entry in your history.");
	if (!is_own(s, entry))
		return NO(entry_correctable, "/entry",
			  "Only your own side's words can be corrected. Dispute this entry "
			  "(dispute_entry).");
	if (fact_puts_offer(entry->kind) || entry->kind == FACT_SIGNED ||
	    entry->kind == FACT_EXISTING_AGREEMENT_RECORDED)
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
	if (!correctable_of(entry->kind, data->field))
		return NO(entry_correctable, "/field",
			  "This member cannot be corrected. A statement beside it may help "
			  "(send_message).");
	return true;
}

/* What it says now: the last correction, or else the entry. */
static int32_t day_now(const struct situation *s, const struct fact *entry, struct text field)
{
	const struct correctable *row = correctable_of(entry->kind, field);
	int32_t day = *(const int32_t *)((const char *)entry->data + row->offset);

	for (size_t i = (size_t)entry->seq; i < s->placement->fact_count; i++) {
		const struct correct *earlier = s->placement->facts[i]->data;

		if (s->placement->facts[i]->kind == FACT_CORRECTED &&
		    earlier->entry == entry->seq && text_eq(earlier->field, field))
			(void)day_parse(earlier->is, &day);
	}
	return day;
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

RULE(correction_sound, "correction_sound",
     "it states the day that stands and another that can be true")
{
	const struct correct *data = s->data;
	const struct fact *entry;
	int32_t was, is;

	if (!data)
		return true;
	entry = entry_meant(s);
	if (!day_parse(data->was, &was) || was != day_now(s, entry, data->field))
		return NO(correction_sound, "/was",
			  "This is not what the entry says now. Read it again.");
	if (!day_parse(data->is, &is))
		return NO(correction_sound, "/is", "Give the true day, as in 2026-03-02.");
	if (is == was)
		return NO(correction_sound, "/is", "This is what it says already.");
	if (entry->kind == FACT_PLACEMENT_OPENED)
		return opening_days_fit(s->placement, data->field, is) ||
		       NO(correction_sound, "/is", "The planned end is before the wanted start.");
	if (entry->kind == FACT_ABSENCE_RECORDED || entry->kind == FACT_ABSENCE_ENDED)
		return absence_can_be(s, entry, data->field, is) ||
		       NO(correction_sound, "/is",
			  "These would not be nights of care, or another absence covers them.");
	if (is > london_day(s->now_us))
		return NO(correction_sound, "/is", "This day is still to come.");
	if (is < london_day(s->placement->opened_at_us))
		return NO(correction_sound, "/is", "This day is before the placement was opened.");
	if (entry->kind == FACT_REVIEW_HELD && is < s->placement->started_day)
		return NO(correction_sound, "/is", "This day is before care started.");
	if (entry->kind == FACT_START_CONFIRMED && review_was_held(s->placement, is))
		return NO(correction_sound, "/is",
			  "A review was held before that day. Correct the review first.");
	if (entry->kind == FACT_START_CONFIRMED && starts_too_late(s->placement, is))
		return NO(correction_sound, "/is",
			  "Care had ended, or passed to another provider, or the person was away, "
			  "by that day.");
	return true;
}

/* ---- entered in error ---- */

/* Those that nothing else rests on, or whose effects can be taken back. */
static bool kind_is_markable(enum fact_kind kind)
{
	return kind == FACT_INVOLVEMENT_RECORDED || kind == FACT_START_CONFIRMED ||
	       kind == FACT_REVIEW_HELD || kind == FACT_MESSAGE_SENT || kind == FACT_NOTE_WRITTEN ||
	       kind == FACT_DOCUMENT_ATTACHED || kind == FACT_ABSENCE_RECORDED ||
	       kind == FACT_FEEDBACK_GIVEN;
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

static bool can_mark(const struct situation *s, const struct fact *entry)
{
	return kind_is_markable(entry->kind) && made_by_own_side(s, entry) &&
	       !uuid_eq(entry->user, s->actor->user) && !rests_on_start(s, entry) &&
	       !is_beyond(s, entry) && !opened_a_round(s->placement, entry) && !is_void(s, entry);
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

RULE(second_officer, "second_officer", "somebody else than who made the entry marks it")
{
	return !s->data || !uuid_eq(entry_meant(s)->user, s->actor->user) ||
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
	int32_t day;

	return !row->effect || (day_parse(data->is, &day) && row->effect(s, fact, entry, day));
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
