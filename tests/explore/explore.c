/*
 * explore.c - every state that a placement can reach, walked breadth first through the real
 * decisions from an empty one.
 *
 * From each state everybody makes every move with every request that stands for others, now; or
 * time passes to just after the next thing falls due. States with the same key (abstract.h) are
 * one, so the walk ends. EXPLORE=full goes further. What is wrong is told with the shortest way
 * there.
 */
#include "expand.h"

#define ORDINARY BIT(URGENCY_ORDINARY)
#define EVERY_OPENING (BIT(URGENCY_COUNT + 1) - 1)
#define EVERY_KIND (BIT(DETOUR_COUNT) - 1)
#define OF_THE_SIDES (EVERY_KIND & ~BIT(DETOUR_REPRESENTED))

static const struct bounds standard_walks[] = {
	{"one detour of any kind of the sides", ORDINARY, 1, OF_THE_SIDES, 2, 2, 0, NULL},
	{"in an emergency", BIT(URGENCY_EMERGENCY), 1, BIT(DETOUR_SEVERAL) | BIT(DETOUR_STARTED), 1,
	 1, 169000, NULL},
	{"discharge and short stays", EVERY_OPENING, 0, EVERY_KIND, 1, 1, 169000, NULL},
	{"two mediations, or one and a meeting", ORDINARY, 2,
	 BIT(DETOUR_MEDIATION) | BIT(DETOUR_IDENTITY), 1, 1, 169000, NULL},
	{"several, lapsed and invited again", ORDINARY, 2,
	 BIT(DETOUR_SEVERAL) | BIT(DETOUR_REOPENED), 1, 2, 169000, NULL},
	{"somebody speaks for the person", ORDINARY, 2,
	 BIT(DETOUR_REPRESENTED) | BIT(DETOUR_BEHALF), 1, 1, 169000, NULL},
	{"more time and the panel in a discharge", BIT(URGENCY_DISCHARGE), 2,
	 BIT(DETOUR_MORE_TIME) | BIT(DETOUR_PANEL), 1, 1, 0, NULL},
};
#define BESIDE_OFFERS \
	(BIT(DETOUR_QUESTION) | BIT(DETOUR_MORE_TIME) | BIT(DETOUR_BEHALF) | BIT(DETOUR_UNSERVED))
#define WHO_DECIDES                                                                               \
	(BIT(DETOUR_MEDIATION) | BIT(DETOUR_PANEL) | BIT(DETOUR_ANOTHER) | BIT(DETOUR_IDENTITY) | \
	 BIT(DETOUR_STARTED))

/* Two of any kind together are more than can be walked; these are the ones that meet. */
static const struct bounds full_walks[] = {
	{"two detours beside the offers", ORDINARY, 2, BESIDE_OFFERS, 2, 1, 0, NULL},
	{"two detours of who decides", ORDINARY, 2, WHO_DECIDES, 1, 2, 0, NULL},
	{"one detour, three offers", ORDINARY, 1, OF_THE_SIDES, 3, 2, 0, NULL},
	{"one detour, three providers", ORDINARY, 1, OF_THE_SIDES, 1, 3, 0, NULL},
	{"every opening", EVERY_OPENING, 1, EVERY_KIND, 1, 2, 169000, NULL},
	{"three mediations", ORDINARY, 3, BIT(DETOUR_MEDIATION), 3, 1, 169000, NULL},
	{"several, lapsed and invited again", ORDINARY, 2,
	 BIT(DETOUR_SEVERAL) | BIT(DETOUR_REOPENED), 2, 3, 169000, NULL},
	{"somebody speaks for the person", EVERY_OPENING, 2, EVERY_KIND, 1, 1, 169000, NULL},
	{"more time and the panel in a discharge", BIT(URGENCY_DISCHARGE), 2,
	 BIT(DETOUR_MORE_TIME) | BIT(DETOUR_PANEL), 1, 1, 0, NULL},
};

static const struct not_taken not_taken[] = {
	{"move apply_quality", "no home has a record here; test_following.c"},
	{"move apply_flag", "no home has a record here; test_following.c"},
	{"start confirm_check of apply_flag", "no home has a record here; test_following.c"},
	{"move confirm_check", "no home has a record here; test_following.c"},
	{"rule check_owed", "no home has a record here; test_following.c"},
	{"rule check_day", "no home has a record here; test_following.c"},
	{"miss confirm_check", "no home has a record here; test_following.c"},
	{"miss answer_flag", "owed in a home's record; test_home.c"},
	{"miss improvement_plan", "owed in a home's record; test_home.c"},
	{"miss offer_help", "owed in a home's record; test_home.c"},
	{"lead decline to inviting", "no walk here begins with care that already runs; life.c"},
	{"rule not_existing", "no walk here begins with care that already runs; life.c"},
	{"rule service_instant", "a walk says no instant: what is served is served now; "
				 "test_served.c"},
	{"rule extension_fits",
	 "the panel beside more time is further than a walk goes; between.txt"},
	{"rule few_questions", "twenty questions are more than a walk asks; test_decide_offer.c"},
	{"rule mediator_at_work", "a mediator is a party only while it is at work"},
	{"rule has_offers",
	 "a negotiation begins with an offer: nothing to mediate is no stage of it"},
	{"rule nothing_in_force", "nothing is negotiated here beside an agreement; life.c"},
	{"rule begins_in_force", "nothing is negotiated here beside an agreement; life.c"},
};

static void every_state_is_sound(void **state)
{
	const char *wide = getenv("EXPLORE");
	bool full = wide && strcmp(wide, "full") == 0;
	const struct bounds *walks = full ? full_walks : standard_walks;

	(void)state;
	covers.excuses = not_taken;
	covers.excuse_count = sizeof(not_taken) / sizeof(not_taken[0]);
	walk_all(walks, full ? sizeof(full_walks) / sizeof(full_walks[0])
			     : sizeof(standard_walks) / sizeof(standard_walks[0]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_state_is_sound)};

	return cmocka_run_group_tests_name("explore", tests, NULL, NULL);
}
