/*
 * test_verify.c - a statement that no reply was recorded, an exported log, and that a log grew:
 * each holds as it was made, and whatever is taken out, put in or changed is found where it is.
 */
#include "recorded.h"

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

static void assert_found(const struct verification *v, const char *where, const char *says)
{
	const struct finding *fault = &v->findings[v->finding_count - 1];

	assert_int_equal(v->verdict, VERDICT_FAULT);
	assert_int_equal(fault->kind, FINDING_FAULT);
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

static void assert_holds(const struct verification *v)
{
	if (v->finding_count && v->findings[v->finding_count - 1].kind == FINDING_FAULT)
		fail_msg("%.*s: %.*s", TEXT_FMT(v->findings[v->finding_count - 1].where),
			 TEXT_FMT(v->findings[v->finding_count - 1].sentence));
	assert_int_equal(v->verdict, VERDICT_HOLDS);
}

/* ---- no reply */

struct stated {
	struct ledger *ledger;
	struct no_reply statement;
	struct record_entry entries[ENTRIES_MOST];
};

/* Opened; invited, who is to make an offer; a note that nobody else may read; missed. */
static struct stated *stated_made(void)
{
	struct stated *s = arena_make(arena, struct stated);
	struct ledger *l = s->ledger = ledger_new(arena, 1);
	struct fact *fact;
	struct not_done *missed;

	record_opening(l);
	record_invitation(l);
	record(l, fact_made(arena, FACT_NOTE_WRITTEN, SIDE_PROVIDER));
	record(l, fact_made(arena, FACT_ACKNOWLEDGED, SIDE_PROVIDER));
	fact = fact_made(arena, FACT_MISSED, SIDE_TIME);
	missed = (void *)fact->data;
	missed->entry = 2;
	missed->n = 1;
	missed->duty = DUTY_MAKE_OFFER;
	missed->owed_by = SIDE_PROVIDER;
	missed->due_at_us = NOON + 5 * US_PER_DAY;
	record(l, fact);
	seal(l);
	schema_clear(&no_reply_schema, &s->statement);
	memcpy(s->entries, l->entries, 5 * sizeof(s->entries[0]));
	s->entries[0].body = s->entries[0].nonce = TEXT_NONE;
	s->entries[2].body = s->entries[2].nonce = TEXT_NONE;
	s->statement.head = head_made(l);
	s->statement.head.entries = (struct list){s->entries, 5};
	s->statement.entry = 2;
	s->statement.n = 1;
	s->statement.duty = DUTY_MAKE_OFFER;
	s->statement.owed_by = SIDE_PROVIDER;
	s->statement.due_at_us = NOON + 5 * US_PER_DAY;
	s->statement.until = UNTIL_MISSED;
	return s;
}

static struct verification stated_verified(struct stated *s)
{
	struct text document = no_reply_write(arena, &s->statement, &s->ledger->key);
	struct verification v;

	record_verify(arena, document, &s->ledger->verifier, 1, &v);
	return v;
}

static void assert_stated_fault(struct stated *s, const char *where, const char *says)
{
	struct verification v = stated_verified(s);

	assert_found(&v, where, says);
}

static void a_statement_holds_and_says_what_it_does_not_show(void **state)
{
	struct stated *s = stated_made();
	struct verification v = stated_verified(s);
	struct writer w;

	(void)state;
	assert_holds(&v);
	writer_init(&w, arena);
	for (size_t i = 0; i < v.finding_count; i++)
		writer_put(&w, v.findings[i].sentence);
	assert_non_null(strstr(writer_text(&w).at, "The ledger's entries 1 to 5 are all here"));
	assert_non_null(strstr(w.at, "it fell to the provider to make offer"));
	assert_non_null(strstr(w.at, "Of the 3 entries behind it"));
	assert_non_null(strstr(w.at, "the words of 2 are here, and none of those answers it"));
	assert_non_null(strstr(w.at, "it was missed: it was due on 7 April 2026"));
	assert_non_null(strstr(w.at, "It does not show that no answer was given elsewhere"));
}

static void a_statement_with_a_gap_is_found(void **state)
{
	struct stated *s = stated_made();

	(void)state;
	memmove(&s->entries[2], &s->entries[3], 2 * sizeof(s->entries[0]));
	s->statement.head.entries.count = 4;
	assert_stated_fault(s, "/entries/2", "Entry 3 of the ledger is missing");
	s = stated_made();
	memmove(&s->entries[0], &s->entries[1], 4 * sizeof(s->entries[0]));
	s->statement.head.entries.count = 4;
	assert_stated_fault(s, "/entries/0", "Entry 1 of the ledger is missing");
	s = stated_made();
	s->statement.head.entries.count = 4;
	assert_stated_fault(s, "/entries/3", "does not say that it was missed");
}

/* Headers of a second ledger that was made with other words, at the same numbers. */
static void a_header_of_another_chain_is_found(void **state)
{
	struct stated *s = stated_made(), *other = stated_made();
	struct ledger *l = other->ledger;

	(void)state;
	l->count = 2;
	record(l, fact_made(arena, FACT_DOCUMENT_ATTACHED, SIDE_PROVIDER));
	record(l, fact_made(arena, FACT_ACKNOWLEDGED, SIDE_PROVIDER));
	seal(l);
	s->entries[3] = l->entries[3];
	assert_stated_fault(s, "/entries/3", "does not follow the entry before it");
}

static void a_statement_about_something_else_is_found(void **state)
{
	struct stated *s = stated_made();

	(void)state;
	s->statement.due_at_us++;
	assert_stated_fault(s, "/due_at", "another time");
	s = stated_made();
	s->statement.duty = DUTY_RESPOND;
	assert_stated_fault(s, "/entry", "asks for something else");
	s = stated_made();
	s->statement.n = 2;
	assert_stated_fault(s, "/entry", "asks for nothing of that number");
	s = stated_made();
	s->statement.entry = 6;
	assert_stated_fault(s, "/entry", "no such entry");
	s = stated_made();
	s->statement.entry = 1;
	assert_stated_fault(s, "/entry", "words of that entry are not here");
	s = stated_made();
	s->statement.until = UNTIL_LAPSED;
	assert_stated_fault(s, "/entries/4", "does not say that it was lapsed");
}

static void an_answer_among_the_entries_is_found(void **state)
{
	struct stated *s = stated_made();
	struct ledger *l = s->ledger;
	struct fact *fact = fact_made(arena, FACT_OFFER_MADE, SIDE_PROVIDER);
	struct closed closed = {2, 1, OBLIGATION_MET_LATE, NOON + 5 * US_PER_DAY};

	(void)state;
	((struct make_offer *)(void *)fact->data)->terms = terms_made(arena, 8120000);
	fact->closes = (struct list){&closed, 1};
	record(l, fact);
	seal(l);
	memcpy(s->entries, l->entries, 6 * sizeof(s->entries[0]));
	s->entries[0].body = s->entries[0].nonce = TEXT_NONE;
	s->entries[2].body = s->entries[2].nonce = TEXT_NONE;
	s->statement.head = head_made(l);
	s->statement.head.entries = (struct list){s->entries, 6};
	s->statement.until = UNTIL_NEWEST;
	s->statement.due_at_us = NEVER_US;
	assert_stated_fault(s, "/entries/5", "ends what was owed");
}

static void up_to_the_newest_entry_holds_while_nothing_answers(void **state)
{
	struct stated *s = stated_made();
	struct verification v;

	(void)state;
	s->statement.head.entries.count = 4;
	s->statement.until = UNTIL_NEWEST;
	s->statement.due_at_us = NEVER_US;
	v = stated_verified(s);
	assert_holds(&v);
	assert_true(finds(&v, FINDING_UNCHECKED, "Whether the last entry here was the newest"));
	v = stated_verified(stated_made());
	assert_false(finds(&v, FINDING_UNCHECKED, "Whether the last entry here was the newest"));
}

/* A name goes into it from outside and may be anything. */
static void a_name_that_reads_like_a_format_changes_nothing(void **state)
{
	struct stated *s = stated_made();
	struct record_name name = {council, TEXT(AGREED_TERMS_FORMAT)};
	struct verification v;

	(void)state;
	s->statement.head.names = (struct list){&name, 1};
	v = stated_verified(s);
	assert_holds(&v);
	assert_string_equal(v.format, NO_REPLY_FORMAT);
	name.name = TEXT(EXPORT_FORMAT);
	assert_false(export_begins(no_reply_write(arena, &s->statement, &s->ledger->key)));
}

/* More than any document has, which would take long to compare with one another. */
static void too_many_texts_are_refused_unread(void **state)
{
	struct stated *s = stated_made();
	struct record_text text = {2, TEXT("note"), TEXT("x"), {{1}}};
	struct record_text *texts = arena_array(arena, struct record_text, 10001);

	(void)state;
	for (size_t i = 0; i < 10001; i++)
		texts[i] = text;
	s->statement.head.texts = (struct list){texts, 10001};
	assert_stated_fault(s, "/texts", "more than any document has.");
}

/* ---- that a log grew */

static struct verification grown(struct ledger *l, int64_t from, int64_t to, int64_t proven_from)
{
	struct merkle_proof path;
	struct verification v;
	struct writer w;

	assert_true(merkle_consistency(proven_from, to, node_of, l, &path));
	writer_init(&w, arena);
	writer_puts(&w, "{\"from\":1,\"hashes\":[");
	for (size_t i = 0; i < path.count; i++)
		writer_printf(&w, "%s\"%.*s\"", i ? "," : "",
			      TEXT_FMT(text_base64(arena, path.hashes[i].bytes, 32)));
	writer_puts(&w, "]}");
	growth_verify(arena, checkpoint_at(l, from), checkpoint_at(l, to), writer_text(&w),
		      &l->verifier, 1, &v);
	return v;
}

static void a_log_that_only_grew_is_told_from_one_that_was_changed(void **state)
{
	struct stated *s = stated_made(), *other = stated_made();
	struct ledger *l = s->ledger;
	struct verification v = grown(l, 3, 5, 3);

	(void)state;
	assert_holds(&v);
	v = grown(l, 5, 5, 5);
	assert_holds(&v);
	v = grown(l, 3, 5, 2);
	assert_found(&v, "proof", "does not begin with the older one");
	growth_verify(arena, checkpoint_at(l, 5), checkpoint_at(l, 3), TEXT("{\"hashes\":[]}"),
		      &l->verifier, 1, &v);
	assert_found(&v, "newer checkpoint", "has lost entries");
	growth_verify(arena, checkpoint_at(l, 3), checkpoint_at(l, 5), TEXT("{\"hashes\":[1]}"),
		      &l->verifier, 1, &v);
	assert_found(&v, "proof", "This is no proof");
	growth_verify(arena, TEXT("x"), checkpoint_at(l, 5), TEXT("{}"), &l->verifier, 1, &v);
	assert_found(&v, "older checkpoint", "");
	other->ledger->leaves[1].bytes[0] ^= 1;
	{
		struct text changed = checkpoint_at(other->ledger, 5);

		growth_verify(arena, checkpoint_at(l, 5), changed, TEXT("{\"hashes\":[]}"),
			      &l->verifier, 1, &v);
	}
	assert_found(&v, "proof", "does not begin with the older one");
}

/* ---- an export */

#define LINES_MOST 16

struct lines {
	struct ledger *ledger;
	struct text at[LINES_MOST];
	size_t count;
};

static void add(struct lines *lines, struct text line)
{
	lines->at[lines->count++] = line;
}

static struct text quoted(struct text t)
{
	struct writer w;

	writer_init(&w, arena);
	canon_string(&w, t);
	return writer_text(&w);
}

static struct text checkpoint_line(struct ledger *l, int64_t size)
{
	return text_printf(arena, "{\"size\":%lld,\"note\":%.*s}", (long long)size,
			   TEXT_FMT(quoted(checkpoint_at(l, size))));
}

/* A checkpoint behind the third entry and behind the last. */
static struct lines exported(void)
{
	struct lines lines = {.ledger = stated_made()->ledger};
	struct ledger *l = lines.ledger;

	add(&lines,
	    text_printf(arena,
			"{\"format\":\"%s\",\"authority\":\"%.*s\",\"origin\":\"%.*s\","
			"\"keys\":[\"k\"]}",
			EXPORT_FORMAT, TEXT_FMT(uuid_text(arena, council)), TEXT_FMT(l->origin)));
	for (size_t i = 0; i < l->count; i++) {
		add(&lines, text_printf(arena,
					"{\"leaf_index\":%zu,\"stream\":\"%.*s\",\"header\":%.*s,"
					"\"body\":%.*s,\"nonce\":\"%.*s\"}",
					i, TEXT_FMT(uuid_text(arena, placed)),
					TEXT_FMT(quoted(l->entries[i].header)),
					TEXT_FMT(quoted(l->entries[i].body)),
					TEXT_FMT(l->entries[i].nonce)));
		if (i == 2 || i == 4)
			add(&lines, checkpoint_line(l, (int64_t)i + 1));
	}
	add(&lines,
	    text_printf(arena, "{\"end\":true,\"facts\":5,\"left_out\":2,\"checkpoint\":%.*s}",
			TEXT_FMT(quoted(checkpoint_at(l, 5)))));
	return lines;
}

static struct verification lines_verified(const struct lines *lines)
{
	struct export_check *check = export_check_new(arena, &lines->ledger->verifier, 1);
	struct verification v;

	for (size_t i = 0; i < lines->count && export_check_line(check, lines->at[i]); i++)
		;
	export_check_end(check, &v);
	return v;
}

static void assert_lines_fault(const struct lines *lines, const char *where, const char *says)
{
	struct verification v = lines_verified(lines);

	assert_found(&v, where, says);
}

static void take_out(struct lines *lines, size_t at)
{
	lines->count--;
	memmove(&lines->at[at], &lines->at[at + 1], (lines->count - at) * sizeof(struct text));
}

static void an_export_holds(void **state)
{
	struct lines lines = exported();
	struct verification v = lines_verified(&lines);

	(void)state;
	assert_true(export_begins(lines.at[0]));
	assert_holds(&v);
	assert_non_null(strstr(v.findings[0].sentence.at, "5 entries of 1 ledger are"));
	assert_non_null(strstr(v.findings[1].sentence.at, "2 checkpoints up to 5 entries"));
	assert_true(finds(&v, FINDING_UNCHECKED, "Whether the log goes on beyond this file"));
	assert_true(finds(&v, FINDING_UNCHECKED, "2 entries were not sealed yet"));
}

/* Without the last checkpoint line anybody could write entries behind the one before. */
static void entries_behind_the_newest_checkpoint_are_found(void **state)
{
	struct lines lines = exported();

	(void)state;
	take_out(&lines, 7);
	lines.at[7] =
		text_printf(arena, "{\"end\":true,\"facts\":5,\"left_out\":0,\"checkpoint\":%.*s}",
			    TEXT_FMT(quoted(checkpoint_at(lines.ledger, 3))));
	assert_lines_fault(&lines, "line 8", "2 entries stand behind the newest checkpoint");
}

static void an_export_that_lost_a_line_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < exported().count; i++) {
		struct lines lines = exported();
		struct verification v;

		take_out(&lines, i);
		v = lines_verified(&lines);
		if (i == 4) /* one checkpoint fewer is no fault: the next is over more */
			assert_holds(&v);
		else
			assert_int_equal(v.verdict, VERDICT_FAULT);
	}
}

static void what_was_changed_in_an_export_is_found_in_its_line(void **state)
{
	struct lines lines = exported();
	struct text line;

	(void)state;
	line = lines.at[1];
	lines.at[1] = lines.at[2];
	lines.at[2] = line;
	assert_lines_fault(&lines, "line 2", "An entry is missing before this one");
	lines = exported();
	((char *)memmem(lines.at[2].at, lines.at[2].len, "standard/1", 10))[9] = '2';
	assert_lines_fault(&lines, "line 3", "words are not those that were recorded");
	lines = exported();
	((char *)memmem(lines.at[3].at, lines.at[3].len, "recorded_at", 11))[16]++;
	assert_int_equal(lines_verified(&lines).verdict, VERDICT_FAULT);
	lines = exported();
	lines.at[4] = checkpoint_line(lines.ledger, 4);
	assert_lines_fault(&lines, "line 5", "another size");
	lines = exported();
	add(&lines, lines.at[1]);
	assert_lines_fault(&lines, "line 10", "behind the last line");
	lines = exported();
	lines.count--;
	assert_lines_fault(&lines, "line 8", "cut off");
	lines = exported();
	lines.at[2] = TEXT("{\"header\":1}");
	assert_lines_fault(&lines, "line 3", "cannot be read");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_statement_holds_and_says_what_it_does_not_show,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_statement_with_a_gap_is_found, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_header_of_another_chain_is_found, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_statement_about_something_else_is_found, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(an_answer_among_the_entries_is_found, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(up_to_the_newest_entry_holds_while_nothing_answers,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_log_that_only_grew_is_told_from_one_that_was_changed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_name_that_reads_like_a_format_changes_nothing,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(too_many_texts_are_refused_unread, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(an_export_holds, set_up, tear_down),
		cmocka_unit_test_setup_teardown(entries_behind_the_newest_checkpoint_are_found,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_export_that_lost_a_line_is_found, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(what_was_changed_in_an_export_is_found_in_its_line,
						set_up, tear_down),
	};

	return cmocka_run_group_tests_name("verify", tests, NULL, NULL);
}
