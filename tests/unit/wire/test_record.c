/*
 * test_record.c - what is handed out of the log says what was recorded, and any byte of it that is
 * changed is found: a byte by whoever holds the file, a word by whoever holds the key too.
 */
#include "recorded.h"

#include <stdio.h>

#include "concordat/core/cost_model.h"
#include "concordat/wire/document.h"

static struct arena *arena;

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

/* ---- a record of terms that two sides signed */

struct made {
	struct ledger *ledger;
	struct agreed_terms record;
	struct record_text text;
	struct record_entry entries[ENTRIES_MOST];
};

static const struct text note = {"The quiet room, as he asked.", 28};

/* Entries 2 to 6 of the ledger: invited, offered, accepted, signed twice. */
static struct made *record_made(uint8_t seed)
{
	struct made *m = arena_make(arena, struct made);
	struct ledger *l = m->ledger = ledger_new(arena, seed);
	struct terms terms = terms_made(arena, 8120000);
	struct digest salt;

	record_opening(l);
	record_invitation(l);
	record_offer(l, &terms, &salt, note);
	record_acceptance(l, &terms);
	record_signature(l, SIDE_PROVIDER, &terms, NO_INT);
	record_signature(l, SIDE_COMMISSIONER, &terms, 1);
	seal(l);
	schema_clear(&agreed_terms_schema, &m->record);
	m->record.head = head_made(l);
	m->record.agreement = 1;
	m->record.basis = AGREEMENT_SIGNED;
	m->record.from_day = terms.start_day;
	m->record.provider = provider;
	m->record.home = home;
	m->record.terms = terms;
	memcpy(m->entries, l->entries + 1, 5 * sizeof(m->entries[0]));
	m->text = (struct record_text){2, TEXT("covering_note"), note, salt};
	m->record.head.entries = (struct list){m->entries, 5};
	m->record.head.texts = (struct list){&m->text, 1};
	return m;
}

static struct text written(struct made *m)
{
	return agreed_terms_write(arena, &m->record, &m->ledger->key);
}

static const struct finding *fault_of(const struct verification *v)
{
	assert_int_equal(v->verdict, VERDICT_FAULT);
	assert_int_equal(v->findings[v->finding_count - 1].kind, FINDING_FAULT);
	return &v->findings[v->finding_count - 1];
}

static struct verification verified(const struct ledger *l, struct text document)
{
	struct verification v;

	record_verify(arena, document, &l->verifier, 1, &v);
	return v;
}

static void assert_holds(const struct ledger *l, struct text document)
{
	struct verification v = verified(l, document);

	for (size_t i = 0; i < v.finding_count; i++)
		if (v.findings[i].kind == FINDING_FAULT)
			fail_msg("%.*s: %.*s", TEXT_FMT(v.findings[i].where),
				 TEXT_FMT(v.findings[i].sentence));
	assert_int_equal(v.verdict, VERDICT_HOLDS);
}

/* Signed anew by whoever holds the key, so that only what it says can betray it. */
static void assert_fault_at(struct made *m, const char *where, const char *says)
{
	struct verification v = verified(m->ledger, written(m));
	const struct finding *fault = fault_of(&v);

	assert_string_equal(text_cstr(arena, fault->where), where);
	if (!strstr(text_cstr(arena, fault->sentence), says))
		fail_msg("%.*s", TEXT_FMT(fault->sentence));
}

static bool finds(const struct verification *v, enum finding_kind kind, const char *says)
{
	for (size_t i = 0; i < v->finding_count; i++)
		if (v->findings[i].kind == kind &&
		    strstr(text_cstr(arena, v->findings[i].sentence), says))
			return true;
	return false;
}

static void a_record_holds_and_says_what_was_checked(void **state)
{
	struct made *m = record_made(1);
	struct text document = written(m);
	struct verification v = verified(m->ledger, document);
	struct agreed_terms read;
	struct flaw flaw;

	(void)state;
	assert_holds(m->ledger, document);
	assert_string_equal(v.format, AGREED_TERMS_FORMAT);
	assert_true(finds(&v, FINDING_HOLDS, "5 entries are in the log"));
	assert_true(finds(&v, FINDING_HOLDS, "version 1, £911.42 a week from 6 April 2026"));
	assert_true(finds(&v, FINDING_HOLDS,
			  "Signed for the provider on 2 April 2026 at 15:00, by Owner Two."));
	assert_true(finds(&v, FINDING_HOLDS, "1 text about the person is as recorded"));
	assert_true(finds(&v, FINDING_HOLDS, "word for word"));
	assert_true(finds(&v, FINDING_UNCHECKED, "Names"));
	assert_true(finds(&v, FINDING_UNCHECKED, "Whether the key is the service's own"));
	assert_true(finds(&v, FINDING_UNCHECKED, "later terms"));
	assert_true(agreed_terms_read(arena, document, &read, &flaw));
	assert_int_equal(record_fact(arena, read.head.entries.items)->kind, FACT_INVITED);
}

static void every_single_byte_that_changes_is_found(void **state)
{
	struct made *m = record_made(1);
	struct text document = written(m);
	char *bytes = (char *)document.at;
	struct arena *kept = arena;

	(void)state;
	for (size_t i = 0; i < document.len; i++) {
		char was = bytes[i];
		struct verification v;

		arena = arena_new();
		bytes[i] ^= (char)(1 << i % 8);
		v = verified(m->ledger, document);
		if (v.verdict == VERDICT_HOLDS)
			fail_msg("Byte %zu", i);
		bytes[i] = was;
		arena_free(arena);
	}
	arena = kept;
	assert_holds(m->ledger, document);
}

static void a_record_that_is_cut_off_or_laid_out_anew_is_found(void **state)
{
	struct made *m = record_made(1);
	struct text document = written(m);
	struct verification v;

	(void)state;
	for (size_t len = 0; len < document.len; len += 1 + len / 16) {
		v = verified(m->ledger, (struct text){document.at, len});
		assert_int_not_equal(v.verdict, VERDICT_HOLDS);
	}
	v = verified(m->ledger, text_printf(arena, "%.*s\n", TEXT_FMT(document)));
	assert_non_null(strstr(fault_of(&v)->sentence.at, "laid out anew"));
	v = verified(m->ledger,
		     text_printf(arena, "{\"a\":1,%.*s", (int)document.len - 1, document.at + 1));
	assert_string_equal(text_cstr(arena, fault_of(&v)->where), "/a");
	assert_int_equal(verified(m->ledger, TEXT("")).verdict, VERDICT_UNREADABLE);
	assert_int_equal(verified(m->ledger, TEXT("{\"format\":\"other/1\"}")).verdict,
			 VERDICT_UNREADABLE);
}

static void a_penny_changed_is_named_even_when_it_is_signed_again(void **state)
{
	struct made *m = record_made(1);

	(void)state;
	((struct fee_line *)m->record.terms.lines.items)[0].rate_r += 100;
	assert_fault_at(m, "/terms/lines/0/rate", "\"812.01\" here");
	m = record_made(1);
	m->record.terms.weekly_p++;
	assert_fault_at(m, "/terms/weekly", "91143");
	m = record_made(1);
	m->record.from_day++;
	assert_fault_at(m, "/from", "another day");
	m = record_made(1);
	m->record.agreement++;
	assert_fault_at(m, "/agreement", "version 1");
	m = record_made(1);
	m->record.provider = council;
	assert_fault_at(m, "/provider", "another provider");
	m = record_made(1);
	m->record.basis = AGREEMENT_UPLIFTED;
	assert_fault_at(m, "/entries", "The uplift");
	m = record_made(1);
	m->record.calculation.number = 1;
	m->record.calculation.model = m->record.calculation.version = TEXT("x");
	assert_fault_at(m, "/calculation", "not the calculation");
}

static void words_that_were_not_recorded_are_found(void **state)
{
	struct made *m = record_made(1);
	struct text body = m->entries[2].body;

	(void)state;
	m->entries[2].body = text_printf(arena, "%.*s ", TEXT_FMT(body));
	assert_fault_at(m, "/entries/2", "Its words are not those");
	m = record_made(1);
	m->entries[2].nonce = m->entries[1].nonce;
	assert_fault_at(m, "/entries/2", "Its words are not those");
	m = record_made(1);
	m->entries[2].nonce = TEXT_NONE;
	assert_fault_at(m, "/entries/2", "belong together");
	m = record_made(1);
	m->text.text = TEXT("The noisy room, as he asked.");
	assert_fault_at(m, "/texts/0", "not the one that was recorded");
	m = record_made(1);
	m->text.salt.bytes[31]++;
	assert_fault_at(m, "/texts/0", "not the one that was recorded");
	m = record_made(1);
	m->text.entry = 6;
	assert_fault_at(m, "/texts/0", "whose words are not here");
}

static void a_swapped_or_missing_signature_is_found(void **state)
{
	struct made *m = record_made(1);
	struct record_entry first = m->entries[3];

	(void)state;
	m->entries[3] = m->entries[4];
	m->entries[4] = first;
	assert_fault_at(m, "/entries/4", "not in the order");
	m = record_made(1);
	m->entries[4] = m->entries[3];
	assert_fault_at(m, "/entries/4", "not in the order");
	m = record_made(1);
	m->record.head.entries.count = 4;
	assert_fault_at(m, "/entries", "The commissioner's signature is not among");
	m = record_made(1);
	memmove(&m->entries[2], &m->entries[3], 2 * sizeof(m->entries[0]));
	m->record.head.entries.count = 4;
	assert_fault_at(m, "/entries", "acceptance is not among");
}

/* Of the same ledger: terms that were signed later, under the same log. */
static void a_signature_under_other_terms_is_found(void **state)
{
	struct made *m = record_made(1);
	struct ledger *l = m->ledger;
	struct terms other = terms_made(arena, 8130000);
	size_t at = record_signature(l, SIDE_COMMISSIONER, &other, 2);

	(void)state;
	seal(l);
	m->record.head.checkpoint = l->checkpoint;
	memcpy(m->entries, l->entries + 1, 4 * sizeof(m->entries[0]));
	m->entries[4] = l->entries[at];
	assert_fault_at(m, "/entries/4", "other terms");
}

static void a_proof_from_another_log_or_place_is_found(void **state)
{
	struct made *m = record_made(1), *other = record_made(2);

	(void)state;
	m->entries[1].proof = m->entries[2].proof;
	assert_fault_at(m, "/entries/1/proof", "not in the log where its proof says");
	m = record_made(1);
	m->entries[1].proof = other->entries[1].proof;
	assert_fault_at(m, "/entries/1/proof", "another checkpoint");
	m = record_made(1);
	m->record.head.checkpoint = other->ledger->checkpoint;
	assert_fault_at(m, "/checkpoint", "");
	m = record_made(1);
	m->record.head.authority = provider;
	assert_fault_at(m, "/entries/0", "another authority's log");
	m = record_made(1);
	m->record.head.placement = provider;
	assert_fault_at(m, "/entries/0", "another placement");
	m = record_made(1);
	m->record.head.origin = TEXT("care.example/log/other");
	assert_fault_at(m, "/origin", "not the name");
	m = record_made(1);
	((struct record_name *)m->record.head.names.items)[3].id = placed;
	assert_fault_at(m, "/names/3", "nobody");
}

static void a_signature_by_another_key_is_found(void **state)
{
	struct made *m = record_made(1), *other = record_made(2);
	struct text document = agreed_terms_write(arena, &m->record, &other->ledger->key);
	struct verification v = verified(m->ledger, document);

	(void)state;
	assert_string_equal(text_cstr(arena, fault_of(&v)->where), "/signature");
	v = verified(other->ledger, written(m));
	assert_string_equal(text_cstr(arena, fault_of(&v)->where), "/checkpoint");
	document = agreed_terms_write(arena, &m->record, &m->ledger->key);
	m->record.head.reference = TEXT("PL-1000048-Q");
	{
		struct text signature = m->record.head.signature;
		struct writer w;

		writer_init(&w, arena);
		m->record.head.signature = signature;
		schema_write(&w, &agreed_terms_schema, &m->record, AUDIENCE_FACT);
		v = verified(m->ledger, writer_text(&w));
	}
	assert_non_null(strstr(fault_of(&v)->sentence.at, "word for word"));
}

/* The terms are proven by whoever accepted and signed them all the same. */
static void words_that_are_not_for_the_holder_are_said_to_be_missing(void **state)
{
	struct made *m = record_made(1);
	struct verification v;

	(void)state;
	m->entries[1].body = m->entries[1].nonce = TEXT_NONE;
	m->entries[4].body = m->entries[4].nonce = TEXT_NONE;
	m->record.head.texts.count = 0;
	v = verified(m->ledger, written(m));
	assert_int_equal(v.verdict, VERDICT_HOLDS);
	assert_true(finds(&v, FINDING_UNCHECKED, "The words of 2 of the 5 entries"));
	assert_true(finds(&v, FINDING_UNCHECKED, "The commissioner's signature could not"));
	for (size_t i = 0; i < 5; i++)
		m->entries[i].body = m->entries[i].nonce = TEXT_NONE;
	assert_fault_at(m, "/terms", "No entry here holds these terms");
}

/* ---- the calculation */

static struct text file_read(const char *path)
{
	FILE *file = fopen(path, "rb");
	char *bytes = arena_alloc(arena, 65536);

	assert_non_null(file);
	{
		struct text text = {bytes, fread(bytes, 1, 65536, file)};

		fclose(file);
		return text;
	}
}

/* The first entry behind the opening, by this model. */
static struct made *record_calculated(struct text document)
{
	struct made *m = arena_make(arena, struct made);
	struct ledger *l = m->ledger = ledger_new(arena, 1);
	struct terms terms = terms_made(arena, 8120000);
	struct fact *fact = fact_made(arena, FACT_CALCULATED, SIDE_COMMISSIONER);
	struct calculate *data = (void *)fact->data;
	struct text why = TEXT_NONE;
	const struct cost_model *model = cost_model_decode(arena, document, &why);
	struct map_entry *input = arena_make(arena, struct map_entry);
	const struct guide_line *lines;
	struct line_range *ranges;
	struct guide guide;
	struct flaw flaw;
	struct digest salt;

	assert_non_null(model);
	*input = (struct map_entry){TEXT("hours_a_week"), 140000};
	data->inputs = (struct list){input, 1};
	assert_true(cost_model_run(arena, model, &data->inputs, &guide, &flaw));
	data->model = model->id;
	data->version = model->version;
	data->unit = guide.unit;
	data->low_p = guide.low_p;
	data->mid_p = guide.mid_p;
	data->high_p = guide.high_p;
	data->weekly_low_p = guide.weekly_low_p;
	data->weekly_mid_p = guide.weekly_mid_p;
	data->weekly_high_p = guide.weekly_high_p;
	data->illustrative = guide.illustrative;
	lines = guide.lines.items;
	ranges = arena_array(arena, struct line_range, guide.lines.count);
	for (size_t i = 0; i < guide.lines.count; i++)
		ranges[i] = (struct line_range){lines[i].key, lines[i].label, lines[i].low_r,
						lines[i].mid_r, lines[i].high_r};
	data->lines = (struct list){ranges, guide.lines.count};
	terms.calculation = 1;
	record(l, fact);
	record_invitation(l);
	record_offer(l, &terms, &salt, note);
	record_acceptance(l, &terms);
	record_signature(l, SIDE_PROVIDER, &terms, NO_INT);
	record_signature(l, SIDE_COMMISSIONER, &terms, 1);
	seal(l);
	schema_clear(&agreed_terms_schema, &m->record);
	m->record.head = head_made(l);
	m->record.agreement = 1;
	m->record.basis = AGREEMENT_SIGNED;
	m->record.from_day = terms.start_day;
	m->record.provider = provider;
	m->record.home = home;
	m->record.terms = terms;
	m->record.calculation = (struct record_calculation){
		.number = 1,
		.model = data->model,
		.version = data->version,
		.unit = data->unit,
		.inputs = data->inputs,
		.low_p = data->low_p,
		.mid_p = data->mid_p,
		.high_p = data->high_p,
		.weekly_low_p = data->weekly_low_p,
		.weekly_mid_p = data->weekly_mid_p,
		.weekly_high_p = data->weekly_high_p,
		.document = document,
	};
	memcpy(m->entries, l->entries, 6 * sizeof(m->entries[0]));
	m->record.head.entries = (struct list){m->entries, 6};
	return m;
}

static struct text replaced(struct text t, const char *from, const char *to)
{
	const char *at = memmem(t.at, t.len, from, strlen(from));

	assert_non_null(at);
	return text_printf(
		arena, "%.*s%s%s", (int)(at - t.at), t.at, to,
		text_cstr(arena, (struct text){at + strlen(from),
					       t.len - (size_t)(at - t.at) - strlen(from)}));
}

static void the_calculation_is_worked_again(void **state)
{
	struct text document = file_read("reference/cost-models/home-care-markup-2020-04.json");
	struct made *m = record_calculated(document);
	struct verification v = verified(m->ledger, written(m));

	(void)state;
	assert_holds(m->ledger, written(m));
	assert_true(finds(&v, FINDING_HOLDS, "worked again from model home-care-markup 2020-04"));
	m->record.calculation.document = replaced(document, "\"8.72\"", "\"8.73\"");
	assert_fault_at(m, "/calculation/document", "comes out otherwise");
	m->record.calculation.document = replaced(document, "\"2020-04\"", "\"2020-05\"");
	assert_fault_at(m, "/calculation/document", "another model");
	m->record.calculation.document = TEXT("{}");
	assert_fault_at(m, "/calculation/document", "cannot be read");
	m->record.calculation.document = TEXT_NONE;
	v = verified(m->ledger, written(m));
	assert_true(finds(&v, FINDING_UNCHECKED, "could not be worked again"));
	m->record.calculation.weekly_mid_p++;
	assert_fault_at(m, "/calculation/weekly_mid", "/entries/0 says");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_record_holds_and_says_what_was_checked, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(every_single_byte_that_changes_is_found, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_record_that_is_cut_off_or_laid_out_anew_is_found,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_penny_changed_is_named_even_when_it_is_signed_again, set_up, tear_down),
		cmocka_unit_test_setup_teardown(words_that_were_not_recorded_are_found, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_swapped_or_missing_signature_is_found, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_signature_under_other_terms_is_found, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_proof_from_another_log_or_place_is_found, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_signature_by_another_key_is_found, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(
			words_that_are_not_for_the_holder_are_said_to_be_missing, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(the_calculation_is_worked_again, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
