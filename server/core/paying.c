/*
 * paying.c - rules about what is paid until terms are signed, by whom, and for which nights away.
 *
 * What each payer then pays for a day is account.c's; here is what may be entered at all.
 */
#include "concordat/core/account.h"
#include "concordat/core/money.h"
#include "concordat/core/situation.h"

#define AHEAD_MOST 366	     /* days */
#define HELD_WHOLE_R 1000000 /* 100%, ten-thousandths of one per cent */

/* ---- interim terms ---- */

/* What was entered last in this strand; NULL: nothing. */
static const struct interim *interim_last(const struct situation *s)
{
	const struct placement *p = s->placement;

	if (!p->interim_count || !s->thread ||
	    p->interims[p->interim_count - 1].thread != s->thread->number)
		return NULL;
	return &p->interims[p->interim_count - 1];
}

static bool interim_is_same(const struct interim *interim, const struct agree_interim_terms *data)
{
	return interim->weekly_p == data->weekly_p && (int32_t)interim->basis == data->basis &&
	       interim->from_day == data->from_day;
}

RULE(interim_sound, "interim_sound",
     "they begin with the placement or later, and are not what this side has entered already")
{
	const struct agree_interim_terms *data = s->data;
	const struct interim *last = interim_last(s);

	if (!data)
		return true;
	if (data->weekly_p == 0)
		return NO(interim_sound, "/weekly", "State what is paid a week.");
	if (data->from_day < london_day(s->placement->opened_at_us))
		return NO(interim_sound, "/from", "This day is before the placement was opened.");
	if (data->from_day > london_day(s->now_us) + AHEAD_MOST)
		return NO(interim_sound, "/from", "This day is more than a year away.");
	if (!last || !interim_is_same(last, data))
		return true;
	if (last->agreed_entry)
		return NO(interim_sound, NULL, "These interim terms are agreed already.");
	return last->side != s->actor->side ||
	       NO(interim_sound, NULL,
		  "Your side has entered these interim terms already. The other side agrees by "
		  "entering the same.");
}

RULE(interim_within_limit, "within_approved_limit",
     "the commissioner stays within the approved limit")
{
	const struct agree_interim_terms *data = s->data;
	int64_t limit = s->world->panel_threshold_p;

	if (s->actor->side != SIDE_COMMISSIONER)
		return true;
	if (s->round && s->round->panel_approved)
		limit = s->round->limit_weekly_p;
	if (!data)
		return limit > 0 || NO(interim_within_limit, NULL,
				       "No limit is approved yet. Refer it to the panel first.");
	return data->weekly_p <= limit ||
	       NO(interim_within_limit, "/weekly",
		  "This is above the approved limit. Refer it to the panel again, or agree less.");
}

bool derive_interim_terms(const struct situation *s, void *data, struct refusal *refusal)
{
	struct agree_interim_terms *interim = data;
	const struct interim *last = interim_last(s);

	(void)refusal;
	interim->side = (int32_t)s->actor->side;
	interim->is_agreed = last && !last->agreed_entry && interim_is_same(last, interim);
	return true;
}

/* Terms that are owed already are not owed twice. */
bool interim_becomes_agreed(const struct situation *s)
{
	if (!((const struct agree_interim_terms *)s->data)->is_agreed)
		return false;
	for (size_t i = 0; i < s->placement->obligation_count; i++)
		if (s->placement->obligations[i].duty == DUTY_SIGNED_TERMS &&
		    obligation_is_open(&s->placement->obligations[i]) &&
		    obligation_is_here(s, &s->placement->obligations[i]))
			return false;
	return true;
}

/* Signed terms are owed then, by both: the invitation does not run out over care that may start. */
bool release_if_interim_agreed(const struct situation *s, struct fact *fact)
{
	if (((const struct agree_interim_terms *)fact->data)->is_agreed)
		end_duties(s, fact, BIT(DUTY_MAKE_OFFER), OBLIGATION_RELEASED);
	return true;
}

/* ---- who pays ---- */

static bool flawed(struct flaw *flaw, struct text pointer, struct text sentence)
{
	*flaw = (struct flaw){pointer, sentence};
	return false;
}

bool payers_are_apart(const struct situation *s, const struct list *parts, struct flaw *flaw)
{
	const struct funding_part *part = parts->items;
	const struct party *party;

	for (size_t i = 0; i < parts->count; i++) {
		party = uuid_is_zero(part[i].organisation)
				? NULL
				: placement_party(s->placement, part[i].organisation);
		if (party && party->side != SIDE_CO_PAYER)
			return flawed(flaw, text_printf(s->arena, "/%zu/organisation", i),
				      TEXT("This organisation takes part here already. Name one "
					   "that only pays a share, or leave it out."));
	}
	return true;
}

bool funding_is_sound(const struct situation *s, const struct change_funding *data,
		      struct flaw *flaw)
{
	const struct agreement *version = agreement_on(s->placement, data->from_day);
	struct list parts = data->funding;

	if (!version)
		return flawed(flaw, TEXT("/from"),
			      TEXT("No agreement is in force on this day. Choose one that it "
				   "covers."));
	if (data->from_day < first_day_of_present_provider(s->placement))
		return flawed(flaw, TEXT("/from"),
			      TEXT("Another provider provided the care on this day. Choose a day "
				   "from when the present one took over."));
	if (data->from_day > london_day(s->now_us) + AHEAD_MOST)
		return flawed(flaw, TEXT("/from"), TEXT("This day is more than a year away."));
	parts.items = arena_copy(s->arena, parts.items, parts.count * sizeof(struct funding_part));
	if (payers_are_apart(s, &parts, flaw) &&
	    funding_split(s->arena, &parts,
			  agreement_payable(s->placement, version, data->from_day), flaw))
		return true;
	flaw->pointer = text_printf(s->arena, "/funding%.*s", TEXT_FMT(flaw->pointer));
	return false;
}

RULE(funding_fits, "funding_fits", "the parts make up the fee in force on that day")
{
	struct flaw flaw;

	if (!s->data || funding_is_sound(s, s->data, &flaw))
		return true;
	refuse(refusal, rule_funding_fits.name, NULL, flaw.sentence);
	refusal->pointer = flaw.pointer;
	return false;
}

bool derive_funding_change(const struct situation *s, void *data, struct refusal *refusal)
{
	struct change_funding *change = data;
	struct list *parts = &change->funding;
	struct flaw flaw;

	change->weekly_p = agreement_payable(
		s->placement, agreement_on(s->placement, change->from_day), change->from_day);
	parts->items =
		arena_copy(s->arena, parts->items, parts->count * sizeof(struct funding_part));
	/* The rule funding_fits has refused what does not fit. */
	return funding_split(s->arena, parts, change->weekly_p, &flaw) ||
	       refuse(refusal, rule_funding_fits.name, NULL, flaw.sentence);
}

static bool tops_up(const struct situation *s, struct uuid payer, int64_t weekly_p)
{
	struct list payers = account_top_up_payers(s->arena, s->placement, weekly_p);
	const struct uuid *payer_n = payers.items;

	for (size_t i = 0; i < payers.count; i++)
		if (uuid_eq(payer_n[i], payer))
			return true;
	return false;
}

bool top_up_is_sound(const struct situation *s, const struct sign_top_up *data, struct flaw *flaw)
{
	if (data->signed_day > london_day(s->now_us))
		return flawed(flaw, TEXT("/signed_on"),
			      TEXT("This day is still to come. Enter it once the third party has "
				   "signed."));
	if (tops_up(s, data->organisation, data->weekly_p))
		return true;
	if (s->actor->side == SIDE_CO_PAYER)
		return flawed(flaw, TEXT("/weekly"),
			      TEXT("You pay no top-up of this amount. Give the amount that your "
				   "share states."));
	return flawed(flaw, TEXT("/weekly"),
		      uuid_is_zero(data->organisation)
			      ? TEXT("No third party pays this amount. Change the funding first, "
				     "or give the amount that it states.")
			      : TEXT("This co-payer pays no top-up of this amount. Change the "
				     "funding first, or give the amount that it states."));
}

/* A co-payer signs for itself; the commissioner for whom it names, or for the only one that pays
 * that much. Zero: a third party that takes no part, or it is not known which. */
static struct uuid who_signs(const struct situation *s, const struct sign_top_up *data)
{
	struct list payers;

	if (s->actor->side == SIDE_CO_PAYER)
		return s->actor->organisation;
	payers = account_top_up_payers(s->arena, s->placement, data->weekly_p);
	return uuid_is_zero(data->organisation) && payers.count == 1
		       ? *(const struct uuid *)payers.items
		       : data->organisation;
}

/* Several pay that much, and none of them takes no part. */
static bool is_to_name_one(const struct situation *s, const struct sign_top_up *data)
{
	struct uuid signs = who_signs(s, data);

	return uuid_is_zero(signs) && !tops_up(s, signs, data->weekly_p) &&
	       account_top_up_payers(s->arena, s->placement, data->weekly_p).count;
}

static bool top_up_is_there(const struct situation *s)
{
	return s->actor->side == SIDE_CO_PAYER
		       ? tops_up(s, s->actor->organisation, NO_INT)
		       : account_top_up_payers(s->arena, s->placement, NO_INT).count > 0;
}

RULE(top_up_there, "top_up_there", "a third party pays that amount, and has signed by today")
{
	const struct sign_top_up *data = s->data;
	struct sign_top_up meant;
	struct flaw flaw;

	if (!data)
		return top_up_is_there(s) || NO(top_up_there, NULL,
						"No third party pays a part of this fee. Change "
						"the funding first.");
	meant = *data;
	meant.organisation = who_signs(s, data);
	if (!uuid_is_zero(data->organisation) && !uuid_eq(data->organisation, meant.organisation))
		return NO(top_up_there, "/organisation",
			  "You sign for your own top-up. Leave this out.");
	if (!uuid_is_zero(data->organisation) && !tops_up(s, data->organisation, NO_INT))
		return NO(top_up_there, "/organisation",
			  "This organisation pays no top-up here. Name one that does.");
	if (is_to_name_one(s, data))
		return NO(top_up_there, "/organisation",
			  "More than one co-payer pays this amount. Name the one that has signed.");
	if (top_up_is_sound(s, &meant, &flaw))
		return true;
	refuse(refusal, rule_top_up_there.name, NULL, flaw.sentence);
	refusal->pointer = flaw.pointer;
	return false;
}

bool derive_top_up(const struct situation *s, void *data, struct refusal *refusal)
{
	struct sign_top_up *top_up = data;

	(void)refusal;
	top_up->organisation = who_signs(s, top_up);
	return true;
}

/* ---- nights away ---- */

RULE(care_started, "care_started", "care has started")
{
	return care_has_started(s->placement) ||
	       NO(care_started, NULL, "Care has not started yet. Confirm the start first.");
}

static int32_t today(const struct situation *s)
{
	return london_day(s->now_us);
}

bool absence_overlaps(const struct absence *absence, int32_t from_day, int32_t to_day)
{
	return !absence->in_error && (to_day == NO_DAY || absence->from_day <= to_day) &&
	       (absence->to_day == NO_DAY || from_day <= absence->to_day);
}

RULE(absence_sound, "absence_sound",
     "its nights are nights of care and of no other absence; one that is open is ended first")
{
	const struct record_absence *data = s->data;
	const struct placement *p = s->placement;

	for (size_t i = 0; i < p->absence_count; i++)
		if (p->absences[i].to_day == NO_DAY && !p->absences[i].in_error)
			return NO(absence_sound, data ? "/from" : NULL,
				  "The person is away already. End that absence first.");
	if (!data)
		return true;
	if (data->from_day < p->started_day)
		return NO(absence_sound, "/from", "This night is before care started.");
	if (data->from_day < first_day_of_present_provider(p))
		return NO(absence_sound, "/from",
			  "Another provider provided the care on this night.");
	if (data->from_day > today(s) + AHEAD_MOST)
		return NO(absence_sound, "/from", "This night is more than a year away.");
	if (data->to_day != NO_DAY && data->to_day < data->from_day)
		return NO(absence_sound, "/to", "The last night is before the first.");
	for (size_t i = 0; i < p->absence_count; i++)
		if (absence_overlaps(&p->absences[i], data->from_day, data->to_day))
			return NO(absence_sound, "/from",
				  "Another absence covers some of these nights.");
	return true;
}

bool derive_absence(const struct situation *s, void *data, struct refusal *refusal)
{
	struct record_absence *absence = data;

	(void)refusal;
	absence->number = (int64_t)s->placement->absence_count + 1;
	if (absence->held_r == NO_INT)
		absence->held_r = HELD_WHOLE_R;
	return true;
}

/* Begun, and its last night is not past. */
static bool absence_can_end(const struct situation *s, const struct absence *absence)
{
	return !absence->in_error && absence->from_day <= today(s) &&
	       (absence->to_day == NO_DAY || absence->to_day >= today(s));
}

/* The one named, or else the one that the person is away on; 0: there is none. */
static int64_t absence_meant(const struct situation *s, int64_t number)
{
	const struct placement *p = s->placement;

	for (size_t i = p->absence_count; i-- > 0;)
		if ((number == NO_INT || number == (int64_t)i + 1) &&
		    absence_can_end(s, &p->absences[i]))
			return (int64_t)i + 1;
	return 0;
}

RULE(absence_open, "absence_open",
     "the person is away, and the last night is one of that absence, by today")
{
	const struct end_absence *data = s->data;
	int64_t number = absence_meant(s, data ? data->number : NO_INT);

	if (!number)
		return data && data->number != NO_INT
			       ? NO(absence_open, "/number",
				    "There is no such absence, or it is over already.")
			       : NO(absence_open, NULL,
				    "The person is not away. Record the absence first.");
	if (!data)
		return true;
	if (data->to_day < s->placement->absences[number - 1].from_day)
		return NO(absence_open, "/to", "This is before the first night away.");
	if (data->to_day > today(s))
		return NO(absence_open, "/to",
			  "This night is still to come. Enter it once the person is back.");
	return true;
}

bool derive_absence_end(const struct situation *s, void *data, struct refusal *refusal)
{
	struct end_absence *end = data;

	(void)refusal;
	end->number = absence_meant(s, end->number);
	return true;
}
