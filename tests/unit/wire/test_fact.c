/* test_fact.c - a stored body reads back as the fact that wrote it, or not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "concordat/wire/fact.h"

static struct arena *arena;
static const struct digest leaf = {{0xab, 0xcd}};

static int set_up(void **state)
{
	(void)state;
	arena = arena_new();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static struct fact bare_fact(enum fact_kind kind)
{
	const struct schema *schema = move_schema((enum move)kind);
	void *data = arena_alloc(arena, schema->size);

	schema_clear(schema, data);
	return (struct fact){
		.seq = 3,
		.kind = kind,
		.occurred_at_us = INT64_C(1775124000000001),
		.side = SIDE_TIME,
		.on_behalf_of = NO_ENUM,
		.protocol = TEXT("standard/1"),
		.data = data,
	};
}

static struct fact *decode(struct text body, struct text *why)
{
	return fact_decode(arena, 3, INT64_C(1775124000000002), &leaf, body, why);
}

static void assert_text_is(struct text t, struct text wanted)
{
	assert_string_equal(text_cstr(arena, t), text_cstr(arena, wanted));
}

/* The decoded fact writes the same bytes, so nothing in the body was lost. */
static struct fact *round_trip(const struct fact *fact)
{
	struct text body = fact_body(arena, fact), why = TEXT_NONE;
	struct fact *read = decode(body, &why);

	assert_text_is(why, TEXT_NONE);
	assert_non_null(read);
	assert_text_is(fact_body(arena, read), body);
	return read;
}

static void kinds_that_require_nothing_read_back_bare(void **state)
{
	static const enum fact_kind kinds[] = {FACT_ACKNOWLEDGED, FACT_PANEL_REFERRED, FACT_MISSED,
					       FACT_LAPSED};

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct fact fact = bare_fact(kinds[i]);

		assert_int_equal(round_trip(&fact)->kind, kinds[i]);
	}
}

static void the_row_and_the_envelope_come_back(void **state)
{
	struct fact fact = bare_fact(FACT_NEEDS_DESCRIBED);
	struct describe_needs *data = (void *)fact.data;
	struct fact *read;

	(void)state;
	data->assessment_reference = TEXT("CA-2026-17");
	fact.side = SIDE_COMMISSIONER;
	fact.on_behalf_of = SIDE_PROVIDER;
	fact.user = (struct uuid){{1, 2, 3}};
	fact.organisation = (struct uuid){{4, 5, 6}};
	fact.round = 1;
	fact.thread = 2;
	read = round_trip(&fact);
	assert_int_equal(read->seq, 3);
	assert_int_equal(read->recorded_at_us, INT64_C(1775124000000002));
	assert_int_equal(read->occurred_at_us, INT64_C(1775124000000001));
	assert_true(digest_eq(&read->header_hash, &leaf));
	assert_int_equal(read->side, SIDE_COMMISSIONER);
	assert_int_equal(read->on_behalf_of, SIDE_PROVIDER);
	assert_true(uuid_eq(read->user, fact.user));
	assert_true(uuid_eq(read->organisation, fact.organisation));
	assert_true(text_is(read->protocol, "standard/1"));
	assert_int_equal(read->round, 1);
	assert_int_equal(read->thread, 2);
	assert_text_is(((const struct describe_needs *)read->data)->assessment_reference,
		       data->assessment_reference);
}

static void what_is_left_out_is_absent(void **state)
{
	struct fact fact = bare_fact(FACT_NEEDS_DESCRIBED);
	struct fact *read = round_trip(&fact);

	(void)state;
	assert_int_equal(read->side, SIDE_TIME);
	assert_true(uuid_is_zero(read->user));
	assert_true(uuid_is_zero(read->organisation));
	assert_int_equal(read->on_behalf_of, NO_ENUM);
	assert_int_equal(read->round, 0);
	assert_int_equal(read->thread, 0);
	assert_int_equal(read->opens.count + read->closes.count + read->changes.count, 0);
	assert_null(((const struct describe_needs *)read->data)->assessment_reference.at);
}

static void obligations_come_back(void **state)
{
	struct fact fact = bare_fact(FACT_ACKNOWLEDGED);
	struct opened opened;
	struct closed closed;
	struct due_change change;
	struct fact *read;

	(void)state;
	schema_clear(&opened_schema, &opened);
	opened.n = 1;
	opened.duty = DUTY_MAKE_OFFER;
	opened.owed_by = SIDE_PROVIDER;
	opened.unit = UNIT_WORKING_DAYS;
	opened.count = 10;
	opened.roll = ROLL_NONE;
	opened.due_at_us = INT64_C(1776096000000000);
	schema_clear(&closed_schema, &closed);
	closed.entry = 2;
	closed.n = 1;
	closed.state = OBLIGATION_MET_LATE;
	schema_clear(&due_change_schema, &change);
	change.entry = 1;
	change.n = 2;
	change.new_due_at_us = INT64_C(1776096000000000);
	change.why = TEXT("a question is open");
	fact.opens = (struct list){&opened, 1};
	fact.closes = (struct list){&closed, 1};
	fact.changes = (struct list){&change, 1};
	read = round_trip(&fact);
	assert_int_equal(((struct opened *)read->opens.items)->duty, DUTY_MAKE_OFFER);
	assert_int_equal(((struct opened *)read->opens.items)->count, 10);
	assert_int_equal(((struct closed *)read->closes.items)->state, OBLIGATION_MET_LATE);
	assert_int_equal(((struct closed *)read->closes.items)->due_at_us, NEVER_US);
	assert_int_equal(((struct due_change *)read->changes.items)->old_due_at_us, NEVER_US);
}

static void a_personal_member_is_its_digest_and_has_no_text(void **state)
{
	struct fact fact = bare_fact(FACT_PANEL_REFERRED);
	struct refer_to_panel *data = (void *)fact.data;
	const struct refer_to_panel *read;

	(void)state;
	data->note.text = TEXT("Known to the team since spring");
	data->note.digest = sha256(TEXT("salted"), TEXT_NONE, TEXT_NONE);
	read = round_trip(&fact)->data;
	assert_null(read->note.text.at);
	assert_true(digest_eq(&read->note.digest, &data->note.digest));
}

static void what_cannot_be_understood_is_never_guessed(void **state)
{
#define HEAD "{\"actor\":{\"side\":\"time\"},\"data\":"
#define TAIL "\"occurred_at\":\"2026-04-02T10:00:00Z\",\"protocol\":\"standard/1\","
	static const struct {
		const char *body, *said;
	} cases[] = {
		{HEAD "{},\"kind\":\"teleported\"," TAIL "\"v\":1}", "teleported"},
		{HEAD "{}," TAIL "\"v\":1}", "kind"},
		{HEAD "{},\"kind\":\"acknowledged\"," TAIL "\"v\":2}", ""},
		{HEAD "{},\"kind\":\"acknowledged\",\"occurred_at\":\"2026-04-02T10:00:00Z\","
		      "\"protocol\":\"standard/1\"}",
		 "/v"},
		{HEAD "{\"mood\":1},\"kind\":\"acknowledged\"," TAIL "\"v\":1}", "/data/mood"},
		{HEAD "{},\"kind\":\"acknowledged\",\"weather\":1," TAIL "\"v\":1}", "/weather"},
		{"{\"data\":{},\"kind\":\"acknowledged\"," TAIL "\"v\":1}", "/actor"},
		{HEAD "{},\"kind\":\"acknowledged\"", ""},
		{HEAD "{},\"kind\":\"tele\\\"", "kind"},
		{HEAD "{},\"kind\":\"acknowledged\"," TAIL "\"round\":0,\"v\":1}", "round"},
		{HEAD "{},\"kind\":\"acknowledged\"," TAIL "\"thread\":0,\"v\":1}", "thread"},
		/* an object in the data may have a kind behind it, but it is not the fact's */
		{HEAD "{\"a\":{},\"kind\":\"missed\"}," TAIL "\"v\":1}", "/data/a"},
		/* as another would write it */
		{HEAD "{},\"kind\":\"acknowledged\"," TAIL "\"v\":1}\n", "canonical"},
		{HEAD "{}, \"kind\":\"acknowledged\"," TAIL "\"v\":1}", "canonical"},
		{HEAD "{},\"kind\":\"acknowledged\"," TAIL "\"v\": 1}", "canonical"},
		{HEAD "{},\"kind\":\"acknowledged\",\"v\":1," TAIL "\"v\":1}", "out of order"},
		{HEAD "{},\"kind\":\"acknowledged\"," TAIL "\"v\":1,\"v\":1}", "out of order"},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct text why = TEXT_NONE;

		assert_null(decode(text_of(cases[i].body), &why));
		assert_true(why.len > 0);
		assert_non_null(strstr(text_cstr(arena, why), cases[i].said));
	}
}

static void an_offer_holds_terms_and_nothing_else_does(void **state)
{
	struct fact offer = bare_fact(FACT_OFFER_MADE), other = bare_fact(FACT_ACCEPTED);
	struct make_offer *data = (void *)offer.data;

	(void)state;
	data->terms.start_day = 20000;
	assert_int_equal(fact_terms(round_trip(&offer))->start_day, 20000);
	assert_null(fact_terms(&other));
}

static void the_shortest_sound_body_is_read(void **state)
{
	struct text why = TEXT_NONE;

	(void)state;
	assert_non_null(decode(TEXT(HEAD "{},\"kind\":\"acknowledged\"," TAIL "\"v\":1}"), &why));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(kinds_that_require_nothing_read_back_bare),
		TEST(the_row_and_the_envelope_come_back),
		TEST(what_is_left_out_is_absent),
		TEST(obligations_come_back),
		TEST(a_personal_member_is_its_digest_and_has_no_text),
		TEST(what_cannot_be_understood_is_never_guessed),
		TEST(an_offer_holds_terms_and_nothing_else_does),
		TEST(the_shortest_sound_body_is_read),
	};

	return cmocka_run_group_tests_name("fact", tests, NULL, NULL);
}
