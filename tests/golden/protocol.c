/*
 * protocol.c - the cases in tests/golden/protocol: moves as people send them, and what follows.
 *
 * The cases are text, so that they can be read, and added to, without C; README.md beside them says
 * how they are written. Each request goes through the decoder, and each fact's stored body is read
 * back and written again. Run from the top of the tree.
 */
#include "../unit/core/versions.h"

#include <glob.h>

#include "concordat/core/compare.h"
#include "concordat/core/money.h"
#include "concordat/wire/fact.h"
#include "concordat/wire/json.h"

#define FOLDER "tests/golden/protocol/"

struct named_actor {
	const char *name;
	const struct actor *actor;
};

static const struct named_actor actors[] = {
	{"officer", &officer},
	{"panel", &panel},
	{"signatory", &signatory},
	{"negotiator", &negotiator},
	{"provider_signatory", &provider_signatory},
	{"rival", &rival},
	{"rival_signatory", &rival_signatory},
	{"third", &third},
	{"mediator", &mediator},
	{"other_mediator", &other_mediator},
	{"officer_who_mediates", &officer_who_mediates},
	{"daughter", &daughter},
	{"busy_officer", &busy_officer},
	{"busy_panel", &busy_panel},
	{"manager", &manager},
	{"second_officer", &second_officer},
	{"data_protection", &data_protection},
};

static struct arena *kept; /* outlives the cases: files and names */
static const char *path;
static int line_number;
static bool is_invalid; /* the last request did not fit its table, and this is where */
static struct json_errors invalid;
static int cases, expectations;

#define WRONG(...)                                         \
	do {                                               \
		print_error("%s:%d: ", path, line_number); \
		fail_msg(__VA_ARGS__);                     \
	} while (0)

static struct text file_text(struct arena *into, const char *name)
{
	FILE *in = fopen(name, "r");
	struct writer w;
	int c;

	if (!in)
		fail_msg("%s cannot be opened. Run from the top of the tree.", name);
	writer_init(&w, into);
	while ((c = fgetc(in)) != EOF)
		writer_char(&w, (char)c);
	fclose(in);
	return writer_text(&w);
}

/* The next word of the line, or an empty text. */
static struct text word(struct text *rest)
{
	struct text out;

	while (rest->len && *rest->at == ' ')
		*rest = (struct text){rest->at + 1, rest->len - 1};
	out = (struct text){rest->at, 0};
	while (out.len < rest->len && out.at[out.len] != ' ')
		out.len++;
	*rest = (struct text){rest->at + out.len, rest->len - out.len};
	return out;
}

static int32_t word_of(const char *const *names, struct text t)
{
	int32_t found = enum_parse(names, t);

	if (found == NO_ENUM)
		WRONG("no such word: %.*s", TEXT_FMT(t));
	return found;
}

/* London wall time "2026-04-01T10:00", or RFC 3339 with its offset. */
static int64_t instant(struct text t)
{
	char wall[17] = "";
	int64_t at_us;

	if (instant_parse(t, &at_us))
		return at_us;
	if (t.len != 16 || t.at[10] != 'T')
		WRONG("no instant: %.*s", TEXT_FMT(t));
	memcpy(wall, t.at, 16);
	wall[10] = ' ';
	return at(wall);
}

static struct text with_replaced(struct text in, const char *mark, struct text by)
{
	size_t length = strlen(mark);
	struct writer w;

	writer_init(&w, arena);
	for (size_t i = 0; i < in.len;) {
		if (i + length <= in.len && memcmp(in.at + i, mark, length) == 0) {
			writer_put(&w, by);
			i += length;
		} else {
			writer_char(&w, in.at[i++]);
		}
	}
	return writer_text(&w);
}

/* $provider, $rival and $digest (of the newest offer's terms) stand for what they name. */
static struct text filled_in(struct text json)
{
	struct digest digest = played->thread_count ? newest_digest() : (struct digest){{0}};

	json = with_replaced(json, "$provider", uuid_text(arena, provider));
	json = with_replaced(json, "$rival", uuid_text(arena, rival_provider));
	json = with_replaced(json, "$third", uuid_text(arena, third_provider));
	json = with_replaced(json, "$document", uuid_text(arena, document_id));
	json = with_replaced(json, "$council", uuid_text(arena, authority));
	json = with_replaced(json, "$family", uuid_text(arena, family));
	json = with_replaced(json, "$mediator", uuid_text(arena, mediation_body));
	json = with_replaced(json, "$other_mediator", uuid_text(arena, other_body));
	return with_replaced(json, "$digest", text_hex(arena, digest.bytes, sizeof(digest.bytes)));
}

/* The names of a table's members, NULL-terminated. */
static const char *const *members_of(const struct schema *schema)
{
	const char **names = arena_array(arena, const char *, schema->count + 1);

	for (size_t i = 0; i < schema->count; i++)
		names[i] = schema->fields[i].name;
	return names;
}

/* What stands beside the move's own members; false when it does not fit. */
static bool say_for(struct text json, const struct schema *schema)
{
	struct said *said = arena_make(arena, struct said);
	struct move_beside beside;

	if (!json_decode(arena, json, &move_beside_schema, JSON_REQUEST, members_of(schema),
			 &beside, &invalid))
		return false;
	on_thread = beside.thread;
	said_at_us = beside.occurred_at_us;
	*said = (struct said){beside.on_behalf_of, beside.evidence};
	saying = beside.on_behalf_of == NO_ENUM ? NULL : said;
	return true;
}

static void play_move(const struct actor *who, enum move move, struct text json, int64_t now_us)
{
	const struct schema *schema = move_schema(move);
	void *data = arena_alloc(arena, schema->size);

	last = (struct decision){0};
	invalid = (struct json_errors){0};
	json = json.len ? filled_in(json) : TEXT("{}");
	is_invalid = !say_for(json, schema) ||
		     !json_decode(arena, json, schema, JSON_REQUEST,
				  members_of(&move_beside_schema), data, &invalid);
	if (is_invalid)
		return;
	fill_digests(move, data);
	(void)moved(who, move, data, now_us);
}

/* What became of telling whoever must act of the entry that opened it. */
static void line_notice(struct text rest, int64_t now_us)
{
	struct text what = word(&rest);
	enum duty duty = (enum duty)word_of(duty_names, word(&rest));
	const struct obligation *o = newest(duty, (enum side)word_of(side_names, word(&rest)));
	struct uuid whom;

	if (!o)
		WRONG("%s was never owed", duty_names[duty]);
	settle(now_us);
	now_us = after_the_last(now_us);
	whom = obligation_addressee(played, o);
	if (text_is(what, "fails"))
		played =
			core_not_served(arena, &world, played, o->entry, whom, now_us, &last.facts);
	else if (text_is(what, "arrives"))
		played = core_served(arena, &world, played, o->entry, whom, CHANNEL_EMAIL, now_us,
				     &last.facts);
	else
		WRONG("a notice fails or arrives");
}

static void line_at(struct text rest)
{
	int64_t now_us = instant(word(&rest));
	struct text who = word(&rest);
	enum move move;

	is_invalid = false;
	if (text_is(who, "time")) {
		settle(now_us);
		return;
	}
	if (text_is(who, "notice")) {
		line_notice(rest, now_us);
		return;
	}
	move = (enum move)word_of(move_names, word(&rest));
	for (size_t i = 0; i < sizeof(actors) / sizeof(actors[0]); i++)
		if (text_is(who, actors[i].name)) {
			play_move(actors[i].actor, move, rest, now_us);
			return;
		}
	WRONG("no such actor: %.*s", TEXT_FMT(who));
}

/* ---- expectations ---- */

static void expect_facts(struct text rest)
{
	struct fact *const *facts = last.facts.items;
	size_t count = 0;
	struct text kind;

	if (last.refused)
		WRONG("refused by %s: %.*s", last.refusal.rule, TEXT_FMT(last.refusal.sentence));
	for (; (kind = word(&rest)).len; count++)
		if (count >= last.facts.count || !text_is(kind, fact_names[facts[count]->kind]))
			WRONG("entry %zu is not %.*s", count + 1, TEXT_FMT(kind));
	if (count != last.facts.count)
		WRONG("there are %zu entries", last.facts.count);
}

static void expect_refused(struct text rest)
{
	struct text rule = word(&rest), pointer = word(&rest);

	if (!last.refused)
		WRONG("it was not refused");
	if (!text_is(rule, last.refusal.rule) || !text_eq(pointer, last.refusal.pointer))
		WRONG("refused by %s at \"%.*s\"", last.refusal.rule,
		      TEXT_FMT(last.refusal.pointer));
}

static void expect_invalid(struct text rest)
{
	const struct json_error *first = invalid.items.items;
	struct text pointer = word(&rest);

	if (!is_invalid)
		WRONG("the request was sound");
	if (!text_eq(first->pointer, pointer))
		WRONG("\"%.*s\": %.*s", TEXT_FMT(first->pointer), TEXT_FMT(first->detail));
}

static void expect_due(struct text rest)
{
	enum duty duty = (enum duty)word_of(duty_names, word(&rest));
	const struct obligation *o = newest(duty, (enum side)word_of(side_names, word(&rest)));
	struct text when = word(&rest);
	bool is_served = !text_is(when, "not_served");
	int64_t due_us = text_is(when, "paused") || !is_served ? NEVER_US : instant(when);

	if (!o || !obligation_is_open(o))
		WRONG("%s is not owed", duty_names[duty]);
	if (obligation_waits_for_service(o) == is_served)
		WRONG("%s is%s served", duty_names[duty], is_served ? " not" : "");
	if (o->due_at_us != due_us)
		WRONG("%s is due %s", duty_names[duty],
		      o->due_at_us == NEVER_US
			      ? "never"
			      : text_cstr(arena, instant_words(arena, o->due_at_us)));
}

/* What the newest entry says of why dates moved. */
static void expect_why(struct text rest)
{
	const struct fact *fact = last_fact();
	const struct change_due *data = fact->data;

	while (rest.len && *rest.at == ' ')
		rest = (struct text){rest.at + 1, rest.len - 1};
	if (fact->kind != FACT_DUE_CHANGED)
		WRONG("the newest entry is %s", fact_names[fact->kind]);
	if (!text_eq(data->why, rest))
		WRONG("why: %.*s", TEXT_FMT(data->why));
}

static void expect_moved(struct text rest)
{
	const struct due_change *changes = last_fact()->changes.items;
	struct text count = word(&rest), from = word(&rest), to = word(&rest);
	int64_t wanted;

	if (!text_to_int(count, &wanted) || (size_t)wanted != last_fact()->changes.count)
		WRONG("%zu dates moved", last_fact()->changes.count);
	if (wanted && from.len &&
	    (changes[0].old_due_at_us != instant(from) || changes[0].new_due_at_us != instant(to)))
		WRONG("from %.*s to %.*s", TEXT_FMT(instant_words(arena, changes[0].old_due_at_us)),
		      TEXT_FMT(instant_words(arena, changes[0].new_due_at_us)));
}

/* What the newest entry makes void: each action due, what of it, and whether it is open again. */
static void expect_void(struct text rest)
{
	const struct not_served *data = last_fact()->data;
	const struct voided *voids = data->voids.items;
	size_t count = 0;
	struct text duty;

	if (last_fact()->kind != FACT_NOT_SERVED)
		WRONG("the newest entry is %s", fact_names[last_fact()->kind]);
	for (; (duty = word(&rest)).len; count++)
		if (count >= data->voids.count || !text_is(duty, duty_names[voids[count].duty]) ||
		    voids[count].what != word_of(void_kind_names, word(&rest)) ||
		    voids[count].is_restored != text_is(word(&rest), "restored"))
			WRONG("void %zu is not so", count + 1);
	if (count != data->voids.count)
		WRONG("%zu are void", data->voids.count);
}

static void expect_provisional(struct text rest)
{
	enum duty duty = (enum duty)word_of(duty_names, word(&rest));
	const struct obligation *o = newest(duty, (enum side)word_of(side_names, word(&rest)));
	struct text yes = word(&rest);

	if (!o || o->provisional != text_is(yes, "yes"))
		WRONG("%s is%s provisional", duty_names[duty], o && o->provisional ? "" : " not");
}

static void expect_strand(struct text rest)
{
	int64_t number = 0;
	const struct thread *thread;
	struct text state;

	if (!text_to_int(word(&rest), &number) || !(thread = placement_thread(played, number)))
		WRONG("there is no such strand");
	state = word(&rest);
	if (!text_is(state, thread_state_names[thread->state]))
		WRONG("strand %d is %s", (int)number, thread_state_names[thread->state]);
}

static void expect_ended(enum obligation_state state, struct text rest)
{
	enum duty duty = (enum duty)word_of(duty_names, word(&rest));
	const struct obligation *o = newest(duty, (enum side)word_of(side_names, word(&rest)));

	if (!o)
		WRONG("%s was never owed", duty_names[duty]);
	if (o->state != state)
		WRONG("%s is %s", duty_names[duty], obligation_state_names[o->state]);
}

/* What the newest offer says of each line of its own and of the one it answers: all, in order. */
static void expect_lines(struct text rest)
{
	const struct thread *thread = &played->threads[played->thread_count - 1];
	const struct make_offer *data = thread->offers[thread->offer_count - 1].data;
	const struct line_answer *answers = data->line_answers.items;
	size_t count = 0;
	struct text key;

	for (; (key = word(&rest)).len; count++)
		if (count >= data->line_answers.count || !text_eq(key, answers[count].key) ||
		    answers[count].what != word_of(line_change_kind_names, word(&rest)))
			WRONG("line %zu is not %.*s so", count + 1, TEXT_FMT(key));
	if (count != data->line_answers.count)
		WRONG("there are %zu lines", data->line_answers.count);
}

#include "accounts.h" /* in the words of this file */

static void line_expect(struct text rest)
{
	const struct json_error *first = invalid.items.items;
	struct text what = word(&rest), t;

	expectations++;
	if (is_invalid && !text_is(what, "invalid"))
		WRONG("the request does not fit: %.*s", TEXT_FMT(first->detail));
	if (text_is(what, "facts")) {
		expect_facts(rest);
	} else if (text_is(what, "lines")) {
		expect_lines(rest);
	} else if (text_is(what, "account")) {
		expect_account(rest);
	} else if (text_is(what, "adjusted")) {
		expect_adjusted(rest);
	} else if (text_is(what, "refused")) {
		expect_refused(rest);
	} else if (text_is(what, "invalid")) {
		expect_invalid(rest);
	} else if (text_is(what, "due")) {
		expect_due(rest);
	} else if (text_is(what, "why")) {
		expect_why(rest);
	} else if (text_is(what, "moved")) {
		expect_moved(rest);
	} else if (text_is(what, "void")) {
		expect_void(rest);
	} else if (text_is(what, "strand")) {
		expect_strand(rest);
	} else if (text_is(what, "provisional")) {
		expect_provisional(rest);
	} else if (text_is(what, "stage")) {
		t = word(&rest);
		if (!text_is(t, stage_names[played->stage]))
			WRONG("the stage is %s", stage_names[played->stage]);
	} else if (text_is(what, "ended_as")) {
		t = word(&rest);
		if (played->end_reason == NO_ENUM ||
		    !text_is(t, end_reason_names[played->end_reason]))
			WRONG("it did not end so");
	} else {
		expect_ended((enum obligation_state)word_of(obligation_state_names, what), rest);
	}
}

/* ---- files ---- */

static void bodies_read_back(void)
{
	for (size_t i = 0; i < played->fact_count; i++) {
		const struct fact *fact = played->facts[i];
		struct text body = fact_body(arena, fact), why = TEXT_NONE;
		struct fact *read = fact_decode(arena, fact->seq, fact->recorded_at_us,
						&fact->header_hash, body, &why);

		if (!read)
			WRONG("entry %d: %.*s", fact->seq, TEXT_FMT(why));
		if (!text_eq(body, fact_body(arena, read)))
			WRONG("entry %d changes when it is read back", fact->seq);
	}
}

static void calculations_come_out_the_same(void)
{
	for (size_t i = 0; i < played->calculation_count; i++) {
		const struct calculate *stored = played->calculations[i].data;
		const struct cost_model *model = find_model(NULL, stored->model, stored->version);
		struct guide guide;
		struct flaw flaw;

		if (!model || !cost_model_run(arena, model, &stored->inputs, &guide, &flaw) ||
		    !guide_is_as_stored(&guide, stored))
			WRONG("calculation %zu comes out otherwise when it is run again", i + 1);
	}
}

/* ---- another version of the calendar ---- */

static void line_calendar(struct text rest)
{
	struct text what = word(&rest), day_word = word(&rest);
	int32_t day;

	if (!day_parse(day_word, &day))
		WRONG("no day: %.*s", TEXT_FMT(day_word));
	while (rest.len && *rest.at == ' ')
		rest = (struct text){rest.at + 1, rest.len - 1};
	if (text_is(what, "add"))
		calendar_adds(day, rest);
	else if (text_is(what, "remove"))
		calendar_loses(day);
	else if (text_is(what, "until"))
		calendar_reaches(day);
	else
		WRONG("a calendar can add, remove, or go until a day");
}

static void play_file(const char *name);

static void begin_case(void)
{
	bodies_read_back();
	calculations_come_out_the_same();
	tear_down(NULL);
	set_up(NULL);
	no_reasons = true; /* what a case does not say was not said */
	cases++;
}

static void play_line(struct text rest)
{
	struct text what = word(&rest), value;
	struct text whole;

	if (!what.len || what.at[0] == '#')
		return;
	if (text_is(what, "case")) {
		begin_case();
	} else if (text_is(what, "begin")) {
		whole = word(&rest);
		play_file(text_cstr(arena, text_printf(arena, FOLDER "%.*s", TEXT_FMT(whole))));
	} else if (text_is(what, "threshold")) {
		value = word(&rest);
		if (!money_parse(value, &world.panel_threshold_p))
			WRONG("no amount: %.*s", TEXT_FMT(value));
	} else if (text_is(what, "calendar")) {
		line_calendar(rest);
	} else if (text_is(what, "at")) {
		line_at(rest);
	} else if (text_is(what, "expect")) {
		line_expect(rest);
	} else {
		WRONG("no such line: %.*s", TEXT_FMT(what));
	}
}

/* A line that ends in a backslash goes on with the next. */
static void play_file(const char *name)
{
	struct text all = file_text(kept, name);
	const char *was = path;
	int was_line = line_number;
	struct writer w;

	path = name;
	line_number = 0;
	writer_init(&w, kept);
	for (size_t i = 0; i < all.len; i++) {
		if (all.at[i] != '\n') {
			writer_char(&w, all.at[i]);
			continue;
		}
		line_number++;
		if (w.len && w.at[w.len - 1] == '\\') {
			w.len--;
			continue;
		}
		play_line(writer_text(&w));
		writer_init(&w, kept);
	}
	path = was;
	line_number = was_line;
}

static void the_cases_hold(void **state)
{
	set_up(NULL);
	play_file(*state);
	bodies_read_back();
	calculations_come_out_the_same();
	tear_down(NULL);
}

int main(void)
{
	struct CMUnitTest *tests;
	glob_t found;
	int failed;

	kept = arena_new();
	if (glob(FOLDER "*.txt", 0, NULL, &found) != 0) {
		fprintf(stderr, "There is no case in %s. Run from the top of the tree.\n", FOLDER);
		return 1;
	}
	tests = arena_array(kept, struct CMUnitTest, found.gl_pathc);
	for (size_t i = 0; i < found.gl_pathc; i++)
		tests[i] = (struct CMUnitTest){.name = found.gl_pathv[i],
					       .test_func = the_cases_hold,
					       .initial_state = found.gl_pathv[i]};
	failed = _cmocka_run_group_tests("protocol", tests, found.gl_pathc, NULL, NULL);
	printf("# %d cases, %d expectations\n", cases, expectations);
	globfree(&found);
	arena_free(kept);
	return failed;
}
