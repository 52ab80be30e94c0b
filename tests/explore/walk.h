/*
 * walk.h - the states that a walk has found, each with the step that led to it first.
 *
 * A state keeps the facts of its last step; those before are its parent's, so that a placement can
 * be folded again and its history told. Facts are copied out of the step's own memory by their
 * field tables.
 */
#ifndef CONCORDAT_TESTS_WALK_H
#define CONCORDAT_TESTS_WALK_H

#include "abstract.h"

#define NOBODY 255 /* moves: time passes */
#define NO_STATE UINT32_MAX
#define BEYOND (UINT32_MAX - 1) /* a state out of bounds */

struct state {
	uint32_t parent;
	uint32_t left_alone; /* the state that time alone leads to; NO_STATE: nothing falls due */
	int64_t now_us;
	const struct fact **facts;
	const char *request;
	uint16_t fact_count, depth;
	uint8_t who, move;
	bool ends, somebody_can;
	enum stage stage;
};

struct edge {
	uint32_t from, to;
};

static struct state *states;
static size_t state_count, state_room;
static struct edge *edges;
static size_t edge_count, edge_room;
static struct arena *kept;

/* ---- facts that outlive the step ---- */

static void keep_data(const struct schema *schema, void *data);

static struct text kept_text(struct text t)
{
	return t.at ? (struct text){arena_copy(kept, t.at, t.len), t.len} : t;
}

static void keep_list(const struct schema *schema, struct list *list)
{
	if (!list->count)
		return;
	list->items = arena_copy(kept, list->items, list->count * schema->size);
	for (size_t i = 0; i < list->count; i++)
		keep_data(schema, (char *)list->items + i * schema->size);
}

static void keep_plain_list(struct list *list, size_t size)
{
	if (list->count)
		list->items = arena_copy(kept, list->items, list->count * size);
}

static void keep_data(const struct schema *schema, void *data)
{
	for (size_t i = 0; i < schema->count; i++) {
		const struct field *field = &schema->fields[i];
		void *at = (char *)data + field->offset;

		if (field->kind == FIELD_TEXT)
			*(struct text *)at = kept_text(*(struct text *)at);
		else if (field->kind == FIELD_PERSONAL)
			((struct personal *)at)->text = kept_text(((struct personal *)at)->text);
		else if (field->kind == FIELD_OBJECT)
			keep_data(field->of, at);
		else if (field->kind == FIELD_LIST)
			keep_list(field->of, at);
		else if (field->kind == FIELD_MAP)
			keep_plain_list(at, sizeof(struct map_entry));
		else if (field->kind == FIELD_WORDS)
			keep_plain_list(at, sizeof(int32_t));
	}
}

static const struct fact *kept_fact(const struct fact *fact)
{
	struct fact *copy = arena_copy(kept, fact, sizeof(*fact));
	const struct schema *schema = move_schema((enum move)fact->kind);
	void *data = arena_copy(kept, fact->data, schema->size);

	keep_data(schema, data);
	copy->data = data;
	copy->protocol = TEXT("standard/1");
	keep_list(&opened_schema, &copy->opens);
	keep_list(&closed_schema, &copy->closes);
	keep_list(&due_change_schema, &copy->changes);
	return copy;
}

/* ---- the visited ---- */

#define SLOTS_FIRST ((size_t)1 << 16)

struct slot {
	struct digest digest;
	uint32_t state; /* and 1; 0: free */
};

static struct slot *slots;
static size_t slot_count;

static struct slot *slot_of(const struct digest *digest)
{
	size_t at;

	memcpy(&at, digest->bytes, sizeof(at));
	for (at &= slot_count - 1; slots[at].state; at = (at + 1) & (slot_count - 1))
		if (digest_eq(&slots[at].digest, digest))
			break;
	return &slots[at];
}

static void slots_grow(void)
{
	struct slot *old = slots;
	size_t count = slot_count;

	slot_count = count ? count * 2 : SLOTS_FIRST;
	slots = calloc(slot_count, sizeof(*slots));
	assert_non_null(slots);
	for (size_t i = 0; i < count; i++)
		if (old[i].state)
			*slot_of(&old[i].digest) = old[i];
	free(old);
}

static struct digest played_digest(int64_t now_us)
{
	struct key key = key_of(now_us);

	return sha256((struct text){(const char *)key.bytes, key.len}, TEXT_NONE, TEXT_NONE);
}

/* The state that `played` is in, made with the step that led to it when it is new. */
static uint32_t state_find(const struct state *step, const struct list *facts, bool *is_new)
{
	struct digest digest = played_digest(step->now_us);
	struct slot *slot;
	struct state *state;

	if (state_count * 2 >= slot_count)
		slots_grow();
	slot = slot_of(&digest);
	*is_new = !slot->state;
	if (slot->state)
		return slot->state - 1;
	if (state_count == state_room) {
		state_room = state_room ? state_room * 2 : 4096;
		states = realloc(states, state_room * sizeof(*states));
		assert_non_null(states);
	}
	*slot = (struct slot){digest, (uint32_t)state_count + 1};
	state = &states[state_count++];
	*state = *step;
	state->left_alone = NO_STATE;
	state->stage = played->seq ? played->stage : STAGE_COUNT;
	state->ends = played->stage == STAGE_ENDED;
	state->fact_count = (uint16_t)facts->count;
	state->facts = arena_array(kept, const struct fact *, facts->count);
	for (size_t i = 0; i < facts->count; i++)
		state->facts[i] = kept_fact(((struct fact *const *)facts->items)[i]);
	return (uint32_t)state_count - 1;
}

static void edge_add(uint32_t from, uint32_t to)
{
	if (edge_count == edge_room) {
		edge_room = edge_room ? edge_room * 2 : 65536;
		edges = realloc(edges, edge_room * sizeof(*edges));
		assert_non_null(edges);
	}
	edges[edge_count++] = (struct edge){from, to};
}

/* The placement in that state, folded again from its facts. */
static const struct placement *state_placement(uint32_t number)
{
	struct placement *p = placement_new(arena, authority, placement_id);
	uint32_t chain[400];
	size_t length = 0;

	for (uint32_t at = number; at != NO_STATE; at = states[at].parent) {
		assert_true(length < 400);
		chain[length++] = at;
	}
	while (length-- > 0)
		for (size_t i = 0; i < states[chain[length]].fact_count; i++)
			if (!placement_apply(p, states[chain[length]].facts[i]))
				fail_msg("a fact that folded does not fold again");
	return p;
}

static void step_tell(const struct state *step)
{
	struct text when = instant_words(arena, step->now_us);

	if (step->who == NOBODY)
		print_error("    %.*s  time passes%s%s\n", TEXT_FMT(when),
			    step->move < MOVE_COUNT ? ", " : "",
			    step->move < MOVE_COUNT ? move_names[step->move] : "");
	else
		print_error("    %.*s  %s: %s (%s)\n", TEXT_FMT(when), people_names[step->who],
			    move_names[step->move], step->request);
}

/* The shortest way to it. */
static void state_tell(uint32_t number)
{
	if (states[number].parent == NO_STATE) {
		if (bounds->begin)
			print_error("    %s: %u entries\n", bounds->name,
				    (unsigned)states[number].fact_count);
		return;
	}
	state_tell(states[number].parent);
	step_tell(&states[number]);
}

static void walk_start(void)
{
	kept = arena_new();
	state_count = edge_count = 0;
	slots_grow();
}

static void walk_stop(void)
{
	arena_free(kept);
	free(slots);
	free(states);
	free(edges);
	slots = NULL;
	states = NULL;
	edges = NULL;
	slot_count = state_room = edge_room = 0;
}

#endif
