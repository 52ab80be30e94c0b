/*
 * life.c - every state that an agreement can come to once it is in force, walked as explore.c walks
 * a negotiation.
 *
 * Each walk begins from a history that is played first: care under way, or an invitation, or a
 * placement just opened. From there it takes a few detours of life together: reviews, later rounds,
 * uplifts, nights away, notice, another provider, complaints, corrections. EXPLORE=full takes more.
 */
#include "expand.h"

#define ORDINARY BIT(URGENCY_ORDINARY)
#define KIND(name) BIT(DETOUR_##name)

/* ---- histories to begin with ---- */

/* The provider's offer: the fee in force is the limit of what the commissioner offers later. */
static struct make_offer first_offer(void)
{
	struct make_offer offer = offer_of(168500);

	offer.terms.start_day = on("2026-04-20");
	add_clauses(&offer.terms);
	return offer;
}

static void begin_invited(void)
{
	play_prepared(URGENCY_ORDINARY);
	must(&officer, MOVE_REFER_TO_PANEL, &(struct refer_to_panel){SAID("Note ~C~ here"), NO_DAY},
	     at("2026-03-24 09:00"));
	must(&panel, MOVE_PANEL_DECIDE,
	     &(struct panel_decide){PANEL_APPROVED, CANARY_LIMIT_P, SAID("Because ~C~ of it")},
	     at("2026-03-24 09:30"));
	must(&officer, MOVE_INVITE,
	     &(struct invite){provider, {{0}}, NO_DAY, NO_DAY, NO_INT, NO_INT},
	     at("2026-04-01 10:00"));
}

static void begin_agreed(void)
{
	struct record_involvement involved = involvement(INVOLVED_IN_SIGNATURE);
	struct make_offer offer = first_offer();
	struct accept accept;
	struct sign sign;

	begin_invited();
	must(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-09 10:00"));
	accept = acceptance();
	must(&officer, MOVE_ACCEPT, &accept, at("2026-04-10 10:00"));
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-04-10 11:00"));
	sign = signature();
	must(&signatory, MOVE_SIGN, &sign, at("2026-04-13 10:00"));
	must(&provider_signatory, MOVE_SIGN, &sign, at("2026-04-14 10:00"));
}

static void begin_started(void)
{
	begin_agreed();
	must(&negotiator, MOVE_CONFIRM_START,
	     &(struct confirm_start){.started_day = on("2026-04-20")}, at("2026-04-21 10:00"));
}

/* The first two reviews were held: the next is a year on. */
static void begin_reviewed(void)
{
	struct record_involvement involved = involvement(INVOLVED_IN_REVIEW);
	struct hold_review held = review(REVIEW_FIRST, "2026-06-15");

	begin_started();
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-06-15 10:00"));
	must(&officer, MOVE_HOLD_REVIEW, &held, at("2026-06-15 11:00"));
	held = review(REVIEW_THREE_MONTH, "2026-07-20");
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-07-20 10:00"));
	must(&officer, MOVE_HOLD_REVIEW, &held, at("2026-07-20 11:00"));
}

/* A rise by the agreed method, from a day that is to come. */
static void begin_uplifted(void)
{
	static struct index_rise rises[] = {{.index = COST_INDEX_NLW, .percent_r = 41000},
					    {.index = COST_INDEX_CPI, .percent_r = 30000}};
	struct apply_uplift uplift;

	begin_reviewed();
	schema_clear(move_schema(MOVE_APPLY_UPLIFT), &uplift);
	uplift.figures.from_day = on("2026-09-01");
	uplift.figures.rises = LIST_OF(rises);
	must(&officer, MOVE_APPLY_UPLIFT, &uplift, at("2026-07-22 10:00"));
}

static void begin_asked(void)
{
	begin_reviewed();
	must(&negotiator, MOVE_REQUEST_REVIEW,
	     &(struct request_review){REVIEW_NEEDS_ROSE, SAID("Said ~T1~ here"), NO_INT},
	     at("2026-09-07 10:00"));
}

/* The first of the requests that stand for all others. */
static void must_first(const struct actor *who, enum move move, int64_t now_us)
{
	static struct menu menu;

	menu_of(&menu, who, move, now_us);
	must(who, move, menu.items[0].data, now_us);
}

static void begin_proposed(void)
{
	begin_reviewed();
	must_first(&negotiator, MOVE_PROPOSE_VARIATION, at("2026-09-07 10:00"));
}

/* In the round that a provider's proposal opened. */
static void begin_mediated(void)
{
	begin_proposed();
	must_first(&officer, MOVE_PROPOSE_MEDIATION, at("2026-09-08 10:00"));
	must_first(&negotiator, MOVE_CONSENT_TO_MEDIATION, at("2026-09-09 10:00"));
	must_first(&officer, MOVE_NOMINATE_MEDIATOR, at("2026-09-10 10:00"));
}

/* Both sides stand by it, and the day is to come. */
static void begin_novating(void)
{
	static struct menu menu;

	begin_reviewed();
	menu_of(&menu, &officer, MOVE_NOVATE, at("2026-09-07 10:00"));
	must(&officer, MOVE_NOVATE, menu.items[1].data, at("2026-09-07 10:00"));
	must_first(&provider_signatory, MOVE_CONSENT_TO_NOVATION, at("2026-09-08 10:00"));
}

/* Two, with one closing day: their offers are sealed until then. */
static void begin_several(void)
{
	const struct uuid houses[] = {provider, rival_provider};

	play_approved(URGENCY_ORDINARY);
	for (size_t i = 0; i < 2; i++) {
		struct invite invited = invitation_of(houses[i]);

		invited.closes_day = on("2026-05-01");
		must(&officer, MOVE_INVITE, &invited, at("2026-04-01 10:00"));
	}
}

static void begin_represented(void)
{
	begin_reviewed();
	must_first(&officer, MOVE_INVITE_REPRESENTATIVE, at("2026-09-07 10:00"));
}

static void begin_ended(void)
{
	begin_reviewed();
	must(&officer, MOVE_RECORD_DEATH,
	     &(struct record_death){
		     on("2026-07-27"), on("2026-07-30"), TEXT_NONE, {.text = TEXT_NONE}},
	     at("2026-07-28 10:00"));
}

static void begin_opened(void)
{
	struct open_placement open = opening(URGENCY_ORDINARY);

	open.person_name = SAID("Canary ~I~ Person");
	must(&officer, MOVE_OPEN_PLACEMENT, &open, at("2026-03-23 10:00"));
}

/* ---- how far ---- */

#define STRANDS 12
#define WALK(name, begin, detours, kinds, offers)                         \
	{                                                                 \
		name, ORDINARY, detours, kinds, offers, STRANDS, 0, begin \
	}

#define ROUNDS (KIND(PROPOSAL) | KIND(ROUND))
#define ASKED (KIND(REVIEW) | KIND(REVIEW_ASKED))

static const struct bounds standard_walks[] = {
	WALK("care under way", begin_started, 1, OF_LIFE & ~(ROUNDS | KIND(INTERIM)), 1),
	WALK("a later round", begin_reviewed, 1, KIND(PROPOSAL), 1),
	WALK("a later round, in turn and before the panel", begin_proposed, 1, KIND(PANEL), 3),
	WALK("a later round is mediated", begin_mediated, 0, KIND(MEDIATION), 2),
	WALK("somebody speaks for the person", begin_represented, 2,
	     KIND(REPRESENTED) | KIND(REVIEW_ASKED) | KIND(REVIEW) | KIND(NOTICE), 1),
	WALK("a rise challenged", begin_uplifted, 1, KIND(ROUND), 1),
	WALK("reviews and uplifts", begin_reviewed, 2, ASKED | KIND(UPLIFT) | KIND(CORRECTED), 1),
	WALK("a review and a round", begin_asked, 1, KIND(REVIEW) | KIND(ROUND), 1),
	WALK("notice or another provider", begin_reviewed, 2, KIND(NOTICE) | KIND(NOVATION), 1),
	WALK("another provider and other terms", begin_novating, 1, KIND(PROPOSAL) | KIND(NOVATION),
	     1),
	{"one of several", ORDINARY, 1, KIND(INTERIM), 1, 2, 0, begin_several},
	WALK("money and nights away", begin_started, 2, KIND(FUNDING) | KIND(ABSENCE), 1),
	WALK("after the end", begin_ended, 2,
	     KIND(AFTER_END) | KIND(PROPOSAL) | KIND(COMPLAINT) | KIND(CORRECTED) | KIND(FUNDING),
	     1),
	WALK("interim terms", begin_invited, 2, KIND(INTERIM), 1),
	{"care that already runs", ORDINARY, 1, KIND(EXISTING), 1, 1, 169000, begin_opened},
};
#define OF_CARE (KIND(ABSENCE) | KIND(FUNDING) | KIND(CORRECTED) | KIND(REVIEW))
#define OF_PEOPLE (KIND(COMPLAINT) | KIND(NOTICE) | KIND(REVIEW_ASKED) | KIND(REDACTED))

/* Two of any kind together are more than can be walked; these are the ones that meet. */
static const struct bounds full_walks[] = {
	WALK("care under way", begin_started, 2, OF_CARE, 1),
	WALK("people and care under way", begin_started, 2, OF_PEOPLE, 1),
	WALK("a later round", begin_reviewed, 2, ROUNDS | KIND(PANEL), 1),
	WALK("a later round, in turn", begin_proposed, 1, KIND(PANEL) | KIND(QUESTION), 4),
	WALK("a later round is mediated", begin_proposed, 1, KIND(MEDIATION), 3),
	WALK("a later round is mediated again", begin_mediated, 1, KIND(MEDIATION), 3),
	WALK("somebody speaks for the person", begin_represented, 2,
	     KIND(REPRESENTED) | KIND(REVIEW_ASKED) | KIND(NOTICE) | KIND(COMPLAINT), 1),
	WALK("a rise challenged", begin_uplifted, 1, ROUNDS | KIND(UPLIFT), 2),
	WALK("reviews and uplifts", begin_reviewed, 3, ASKED | KIND(UPLIFT) | KIND(CORRECTED), 1),
	WALK("a review and a round", begin_asked, 2, ASKED | KIND(ROUND), 1),
	WALK("notice, another provider and a complaint", begin_reviewed, 2,
	     KIND(NOTICE) | KIND(NOVATION) | KIND(COMPLAINT), 1),
	WALK("another provider and other terms", begin_novating, 1, ROUNDS | KIND(NOVATION), 2),
	{"one of several", ORDINARY, 2, KIND(INTERIM) | KIND(STARTED), 1, 2, 0, begin_several},
	WALK("money and nights away", begin_started, 3, KIND(FUNDING) | KIND(ABSENCE), 1),
	WALK("after the end", begin_ended, 3,
	     KIND(AFTER_END) | KIND(PROPOSAL) | KIND(COMPLAINT) | KIND(CORRECTED) | KIND(FUNDING),
	     1),
	WALK("interim terms", begin_invited, 3, KIND(INTERIM) | KIND(STARTED) | KIND(ABSENCE), 1),
	{"care that already runs", ORDINARY, 2, KIND(EXISTING) | KIND(COMPLAINT), 1, 2, 169000,
	 begin_opened},
};

static const struct not_taken not_taken[] = {
	{"rule few_complaints", "200 complaints are more than a walk raises"},
	{"rule uplift_worked", "it refuses by the name of what decided; uplift.txt"},
};
static const char *const rules_of_others[] = {"nothing_in_force", "begins_in_force", "not_existing",
					      NULL};

static void every_state_of_life_is_sound(void **state)
{
	const char *wide = getenv("EXPLORE");
	bool full = wide && strcmp(wide, "full") == 0;

	(void)state;
	covers.life = true;
	covers.excuses = not_taken;
	covers.excuse_count = sizeof(not_taken) / sizeof(not_taken[0]);
	covers.rules = rules_of_others;
	walk_all(full ? full_walks : standard_walks,
		 full ? sizeof(full_walks) / sizeof(full_walks[0])
		      : sizeof(standard_walks) / sizeof(standard_walks[0]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_state_of_life_is_sound)};

	return cmocka_run_group_tests_name("life", tests, NULL, NULL);
}
