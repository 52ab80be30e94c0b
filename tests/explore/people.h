/*
 * people.h - who takes part in an exploration, and what a menu of requests is.
 *
 * Every text says who may read it ("~T2~": strand 2; "~C~": the commissioner alone; "~N2~": the
 * house of that number; "~R2~": whoever represents the person, and strand 2, 0: none; "~E2~":
 * whoever may see entry 2), and every amount says whose it is, so that whoever reads what it must
 * not is found out.
 */
#ifndef CONCORDAT_TESTS_PEOPLE_H
#define CONCORDAT_TESTS_PEOPLE_H

#include "../unit/core/world.h"

#include <stdlib.h>

#include "concordat/core/situation.h"

#define LATER_P 164000	      /* in a later round: -11 a strand, as the fee in force is the limit */
#define CANARY_LIMIT_P 170117 /* the panel's, which no provider may see */
#define WITHIN_P 165000	      /* an offer within the guide; +11 a strand, +1 the commissioner's */
#define ABOVE_GUIDE_P 169200
#define ABOVE_LIMIT_P 171000
#define STRANDS_MOST 12
#define MENU_MOST 400

/* ---- people ---- */

static const struct actor *const people[] = {
	&officer,
	&panel,
	&signatory,
	&negotiator,
	&provider_signatory,
	&rival,
	&third,
	&mediator,
	&busy_officer,
	&rival_signatory,
	&officer_who_mediates,
	&daughter,
	&manager,
	&second_officer,
	&data_protection,
};
static const char *const people_names[] = {
	"officer",
	"panel",
	"signatory",
	"negotiator",
	"provider_signatory",
	"rival",
	"third",
	"mediator",
	"busy_officer",
	"rival_signatory",
	"officer_who_mediates",
	"daughter",
	"manager",
	"second_officer",
	"data_protection",
};
#define PEOPLE (sizeof(people) / sizeof(people[0]))

/* ---- a menu of requests ---- */

struct asked {
	const char *name; /* what sets it apart */
	int64_t thread;
	const void *data;
	const struct said *said; /* by another side, where it is entered for it */
};

struct menu {
	const struct actor *who;
	const struct actor *recorder; /* who enters it for them; NULL: nobody */
	enum move move;
	int32_t today;
	int64_t thread; /* the strand that is meant, 0: none */
	int64_t named;	/* the strand that the request names, or NO_INT */
	struct asked items[MENU_MOST];
	size_t count;
};

static void *add(struct menu *menu, const char *name)
{
	const struct schema *schema = move_schema(menu->move);
	void *data = arena_alloc(arena, schema->size);

	assert_true(menu->count < sizeof(menu->items) / sizeof(menu->items[0]));
	schema_clear(schema, data);
	menu->items[menu->count++] = (struct asked){name, menu->named, data, NULL};
	return data;
}

#define ADD(type, name) ((struct type *)add(menu, name))

/* What whoever represents the person may read as well as the strand. */
static struct personal said_to_person(const struct menu *menu)
{
	return (struct personal){
		.text = text_printf(arena, "Said ~R%lld~ here", (long long)menu->thread)};
}

static bool is_of_life(enum move move);

/* A move that opens a round speaks in the strand that it opens. */
static int64_t strand_of(const struct menu *menu)
{
	bool opens = protocol_move(menu->move)->opens_round != ROUND_INITIAL &&
		     !placement_open_round(played);

	return opens ? (int64_t)played->thread_count + 1 : menu->thread;
}

/* Of the care: the sides of the agreement in force may read it, and the person. */
static struct personal said_of_care(void)
{
	const struct agreement *newest = placement_agreement(played);

	if (!newest) /* whoever is invited may read it */
		return SAID("Of the garden");
	return (struct personal){
		.text = text_printf(arena, "Of ~R%lld~ it", (long long)newest->thread)};
}

/* Beside an entry: whoever may read the entry may read it. */
static struct personal said_of_entry(const struct fact *entry)
{
	return (struct personal){.text = text_printf(arena, "Of ~E%d~ it", entry->seq)};
}

/* What is said in the strand: both its sides may read it; of the care the person's words are for
 * both. */
static struct personal said(const struct menu *menu)
{
	if (is_of_life(menu->move) &&
	    (menu->who->side == SIDE_REPRESENTATIVE || protocol_move(menu->move)->seen_by_person))
		return said_of_care();
	if (menu->who->side == SIDE_REPRESENTATIVE)
		return said_to_person(menu);
	return (struct personal){
		.text = text_printf(arena, "Said ~T%lld~ here", (long long)strand_of(menu))};
}

static struct personal said_to_own_side(const struct menu *menu)
{
	return menu->who->side == SIDE_COMMISSIONER
		       ? SAID("Ours ~C~ alone")
		       : (struct personal){.text = text_printf(arena, "Ours ~N%x~ alone",
							       menu->who->organisation.bytes[15])};
}

static const struct thread *menu_thread(const struct menu *menu)
{
	return placement_thread(played, menu->thread);
}

static const struct offer *menu_offer(const struct menu *menu)
{
	return menu_thread(menu) ? thread_open_offer(menu_thread(menu)) : NULL;
}

static struct digest digest_in(const struct menu *menu)
{
	const struct thread *t = menu_thread(menu);
	const struct offer *offer = t ? thread_open_offer(t) : NULL;

	if (t && !offer)
		offer = thread_accepted_offer(t);
	return offer ? offer->data->terms_digest : (struct digest){{0}};
}

static struct digest wrong_digest(const struct menu *menu)
{
	struct digest digest = digest_in(menu);

	digest.bytes[3] ^= 1;
	return digest;
}

#endif
