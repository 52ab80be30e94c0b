/*
 * fuzz_move.c - arbitrary requests to a placement at some stage: refused or decided, never a crash.
 *
 * The first byte chooses the stage. Each line behind it is one move: a letter for who, a letter for
 * how much time has passed, and the request as JSON. What is decided must be a fact that reads back
 * as the same bytes, that every party's view can be written of, and that folds to the same
 * placement. Nobody can guess a digest, so one that begins with a zero byte stands for the newest
 * offer's.
 */
#include "../unit/core/world.h"

#include <stdlib.h>

#include "concordat/wire/fact.h"
#include "concordat/wire/json.h"

#define MOVES_MOST 12

int LLVMFuzzerInitialize(int *count, char ***arguments);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct actor *const actors[] = {
	&officer,      &panel,	 &signatory, &negotiator, &rival, &busy_panel, &provider_signatory,
	&busy_officer, &daughter};

static const int64_t steps_us[] = {
	1,
	US_PER_HOUR,
	5 * US_PER_HOUR,
	US_PER_DAY,
	3 * US_PER_DAY,
	8 * US_PER_DAY,
	40 * US_PER_DAY,
	400 * US_PER_DAY,
};
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static void check(bool held)
{
	if (!held)
		abort();
}

/* ---- stages to begin at, played once ---- */

static void play_ordinary_prepared(void)
{
	play_prepared(URGENCY_ORDINARY);
}

static void play_with_panel(void)
{
	struct refer_to_panel referred = {SAID("Canary note"), NO_DAY};

	play_prepared(URGENCY_DISCHARGE);
	must(&officer, MOVE_REFER_TO_PANEL, &referred, at("2026-03-24 09:00"));
}

static void play_ordinary_approved(void)
{
	play_approved(URGENCY_ORDINARY);
}

static void play_emergency_invited(void)
{
	play_invited(URGENCY_EMERGENCY);
}

static void play_asked(void)
{
	struct ask ask = {SAID("How many at night?"), NO_INT};

	play_invited(URGENCY_ORDINARY);
	must(&negotiator, MOVE_ASK, &ask, at("2026-04-02 10:00"));
}

static void play_nothing(void)
{
}

static const struct {
	void (*play)(void);
	const char *now;
} stages[] = {
	{play_nothing, "2026-03-23 10:00"},
	{play_ordinary_prepared, "2026-03-23 11:00"},
	{play_with_panel, "2026-03-24 10:00"},
	{play_ordinary_approved, "2026-03-24 10:00"},
	{play_emergency_invited, "2026-04-01 11:00"},
	{play_asked, "2026-04-02 11:00"},
	{play_offered, "2026-04-09 11:00"},
	{play_accepted, "2026-04-10 11:00"},
	{play_signed, "2026-04-14 11:00"},
	{play_started, "2026-05-19 11:00"},
};

static const struct placement *bases[COUNT_OF(stages)];
static struct arena *bases_arena;

/* ---- one request, as the service reads it ---- */

/* "move", and every member of the table; NULL-terminated. */
static const char *const *members_of(const struct schema *schema)
{
	const char **names = arena_array(arena, const char *, schema->count + 2);

	names[0] = "move";
	for (size_t i = 0; i < schema->count; i++)
		names[i + 1] = schema->fields[i].name;
	return names;
}

/* What any side may be said to have said, whole or not: the core refuses what is wanting. */
static bool decode_beside(struct text json, struct request *request)
{
	struct json_errors errors = {0};
	struct move_beside beside;
	struct said *said;

	if (!json_decode(arena, json, &move_beside_schema, JSON_REQUEST,
			 members_of(move_schema(request->move)), &beside, &errors))
		return false;
	request->thread = beside.thread;
	request->occurred_at_us = beside.on_behalf_of == NO_ENUM ? NEVER_US : beside.occurred_at_us;
	if (beside.on_behalf_of == NO_ENUM)
		return true;
	said = arena_make(arena, struct said);
	*said = (struct said){.on_behalf_of = beside.on_behalf_of, .evidence = beside.evidence};
	request->said = said;
	return true;
}

static bool decode_request(struct text json, struct request *request)
{
	struct json_errors errors = {0};
	int32_t move = enum_parse(move_names, json_member(arena, json, "move", &errors));
	const struct schema *schema;
	void *data;

	if (move == NO_ENUM || protocol_move((enum move)move)->sides == BIT(SIDE_TIME))
		return false;
	*request = (struct request){.move = (enum move)move};
	if (!decode_beside(json, request))
		return false;
	schema = move_schema((enum move)move);
	data = arena_alloc(arena, schema->size);
	if (!json_decode(arena, json, schema, JSON_REQUEST, members_of(&move_beside_schema), data,
			 &errors))
		return false;
	request->data = data;
	return true;
}

static void name_newest_offer(enum move move, void *data)
{
	struct accept *accept = data;
	struct sign *sign = data;
	struct confirm_existing_agreement *confirmed = data;

	if (!played->thread_count)
		return;
	if (move == MOVE_ACCEPT && accept->terms_digest.bytes[0] == 0)
		accept->terms_digest = newest_digest();
	if (move == MOVE_SIGN && sign->terms_digest.bytes[0] == 0)
		sign->terms_digest = newest_digest();
	if (move == MOVE_CONFIRM_EXISTING_AGREEMENT && confirmed->terms_digest.bytes[0] == 0)
		confirmed->terms_digest = newest_digest();
}

/* ---- what must hold of whatever was decided ---- */

static void check_refusal(void)
{
	check(last.facts.count == last.settled);
	check(last.refusal.rule && last.refusal.rule[0]);
	check(last.refusal.sentence.len > 0 && text_is_utf8(last.refusal.sentence));
	check(text_is_utf8(last.refusal.pointer));
	check(!last.refusal.pointer.len || last.refusal.pointer.at[0] == '/');
}

static void check_rendered(const struct fact *fact, enum audience audience)
{
	struct json_errors errors = {0};
	struct writer w;
	struct text kind;

	writer_init(&w, arena);
	fact_render(&w, fact, audience);
	kind = json_member(arena, writer_text(&w), "kind", &errors);
	check(errors.items.count == 0 && text_is(kind, fact_names[fact->kind]));
}

/* The fact as it is read back from what would be stored. */
static const struct fact *check_fact(const struct fact *fact)
{
	struct text body = fact_body(arena, fact), why = TEXT_NONE;
	const struct fact *read =
		fact_decode(arena, fact->seq, fact->recorded_at_us, &fact->header_hash, body, &why);

	check(read && text_eq(fact_body(arena, read), body));
	check_rendered(fact, AUDIENCE_COMMISSIONER);
	check_rendered(fact, AUDIENCE_PROVIDER);
	check_rendered(fact, AUDIENCE_REPRESENTATIVE);
	check_rendered(fact, AUDIENCE_CO_PAYER);
	return read;
}

static void check_obligations(const struct placement *p, int64_t now_us)
{
	struct text name;
	int64_t at_us;

	for (size_t i = 0; i < p->obligation_count; i++) {
		const struct obligation *o = &p->obligations[i];

		check(obligation_is_open(o) == (o->closed_at_us == NEVER_US));
		check(rule_is_sound(o->rule));
		/* What a move in hindsight opened is looked at at once. */
		if (obligation_is_open(o) &&
		    (o->missed_at_us != NEVER_US || o->due_at_us >= now_us))
			check(obligation_next_us(&world, o, now_us) > now_us);
		if (obligation_reminder(arena, &world, o, o->opened_at_us, now_us, &at_us, &name))
			check(at_us <= now_us && name.len > 0);
	}
}

/* The facts of the stage were read back when it was played. */
static void check_replay(size_t known)
{
	struct placement *again;

	if (played->fact_count == known)
		return;
	again = placement_new(arena, authority, placement_id);
	for (size_t i = 0; i < played->fact_count; i++)
		check(placement_apply(again,
				      i < known ? played->facts[i] : check_fact(played->facts[i])));
	check(again->stage == played->stage && again->seq == played->seq);
	check(again->obligation_count == played->obligation_count);
	for (size_t i = 0; i < again->obligation_count; i++) {
		check(again->obligations[i].state == played->obligations[i].state);
		check(again->obligations[i].due_at_us == played->obligations[i].due_at_us);
	}
}

/* ---- one line ---- */

static void one_move(struct text line, int64_t *now_us)
{
	const struct actor *who = actors[(unsigned char)line.at[0] % COUNT_OF(actors)];
	struct text json = {line.at + 2, line.len - 2};
	struct request request;

	*now_us =
		after_the_last(*now_us + steps_us[(unsigned char)line.at[1] % COUNT_OF(steps_us)]);
	if (!decode_request(json, &request)) {
		settle(*now_us);
		return;
	}
	name_newest_offer(request.move, (void *)request.data);
	fill_digests(request.move, (void *)request.data);
	last = core_decide(arena, &world, played, who, &request, *now_us);
	if (last.refused)
		check_refusal();
	else
		check(last.facts.count == last.settled + 1 || protocol_move(request.move)->follow);
	check(last.facts.count || last.after == played);
	played = last.after;
	/* What a move in hindsight opens may be due before now; the next settling sees to it. */
	check(!last.refused || placement_is_settled(played, *now_us));
	check_obligations(played, *now_us);
}

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
	(void)count;
	(void)arguments;
	bases_arena = arena = arena_new();
	world_init();
	for (size_t i = 0; i < COUNT_OF(stages); i++) {
		played = placement_new(arena, authority, placement_id);
		on_thread = NO_INT;
		stages[i].play();
		for (size_t f = 0; f < played->fact_count; f++)
			fill_digests((enum move)played->facts[f]->kind,
				     (void *)played->facts[f]->data);
		bases[i] = played;
		check_replay(0);
	}
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text rest = {(const char *)data + 1, size ? size - 1 : 0}, line;
	const char *end;
	int64_t now_us;
	size_t stage;

	if (size < 2)
		return 0;
	arena = arena_new();
	stage = data[0] % COUNT_OF(stages);
	played = bases[stage];
	now_us = at(stages[stage].now);
	on_thread = NO_INT;
	for (int i = 0; i < MOVES_MOST && rest.len > 0; i++) {
		end = memchr(rest.at, '\n', rest.len);
		line = (struct text){rest.at, end ? (size_t)(end - rest.at) : rest.len};
		rest.at += line.len + (end != NULL);
		rest.len -= line.len + (end != NULL);
		if (line.len > 2)
			one_move(line, &now_us);
	}
	check_replay(bases[stage]->fact_count);
	arena_free(arena);
	return 0;
}
