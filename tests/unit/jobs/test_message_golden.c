/*
 * test_message_golden.c - the words of every kind of message, as they stand in
 * tests/golden/messages: the text as each side reads it, and the HTML of the first.
 *
 * versions.txt there holds the digest of the words of each version of each template. Words that
 * change need a new version (versions[] in server/jobs/message_form.c) before
 * `build/asan/tests/unit/jobs/test_message_golden write` takes them over.
 */
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "concordat/base/sha256.h"
#include "concordat/core/protocol.h"
#include "telling.h"

#define FOLDER "tests/golden/messages"
#define VERSIONS FOLDER "/versions.txt"
#define LATE_INSTANT (SOME_INSTANT + US_PER_DAY)

enum reader_of { COMMISSIONER, PROVIDER, RIVAL, MEDIATOR, REPRESENTATIVE, CO_PAYER, READER_COUNT };
static const char *const reader_names[READER_COUNT] = {
	"commissioner", "provider", "rival", "mediator", "representative", "co-payer"};

static bool writes;

/* One template's messages, as they are collected. */
struct words {
	struct arena *arena;
	const char *template;
	int64_t version;
	struct writer golden; /* the file */
	struct writer said;   /* what the digest is of */
	size_t count;
};

static void words_begin(struct words *words, struct arena *arena, const char *template)
{
	*words = (struct words){.arena = arena, .template = template};
	writer_init(&words->golden, arena);
	writer_init(&words->said, arena);
}

static const struct {
	const char *written;
	char is;
} escapes[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}};

/* The letters of it, without tags, escapes, spaces and the dashes before items. */
static const char *letters(struct arena *arena, struct text t, bool is_html)
{
	const char *all = text_cstr(arena, t);
	struct writer w;

	writer_init(&w, arena);
	for (const char *at = all; *at; at++) {
		bool is_dash =
			!is_html && (at == all || at[-1] == '\n') && strncmp(at, "- ", 2) == 0;
		char c = *at;

		if (is_html && c == '<')
			at = strchr(at, '>');
		for (size_t i = 0; is_html && c == '&' && i < 5; i++)
			if (strncmp(at, escapes[i].written, strlen(escapes[i].written)) == 0) {
				c = escapes[i].is;
				at += strlen(escapes[i].written) - 1;
			}
		if (*at != '>' || !is_html)
			writer_puts(&w, is_dash || strchr(" \n", c) ? "" : (char[]){c, 0});
	}
	return text_cstr(arena, writer_text(&w));
}

static void words_add(struct words *words, const char *what, const struct message *m)
{
	assert_string_equal(m->template, words->template);
	assert_string_equal(letters(words->arena, m->body, false),
			    letters(words->arena, m->html, true));
	words->version = m->version;
	writer_printf(&words->golden, "%s==== %s\nSubject: %.*s\n\n%.*s", words->count ? "\n" : "",
		      what, TEXT_FMT(m->subject), TEXT_FMT(m->body));
	if (!words->count)
		writer_printf(&words->golden, "\n%.*s", TEXT_FMT(m->html));
	writer_printf(&words->said, "%.*s\n%.*s\n", TEXT_FMT(m->subject), TEXT_FMT(m->body));
	words->count++;
}

static struct text file_read(struct arena *arena, const char *path)
{
	FILE *file = fopen(path, "r");
	struct writer w;
	char bytes[4096];
	size_t size;

	if (!file)
		return TEXT_NONE;
	writer_init(&w, arena);
	while ((size = fread(bytes, 1, sizeof(bytes), file)) > 0)
		writer_put(&w, (struct text){bytes, size});
	fclose(file);
	return writer_text(&w);
}

static void file_write(const char *path, struct text bytes, const char *how)
{
	FILE *file = fopen(path, how);

	assert_non_null(file);
	assert_int_equal(fwrite(bytes.at, 1, bytes.len, file), bytes.len);
	assert_int_equal(fclose(file), 0);
}

static const char *digest_of(struct arena *arena, struct text t)
{
	struct digest digest = sha256(t, TEXT_NONE, TEXT_NONE);

	return text_cstr(arena, text_hex(arena, digest.bytes, sizeof(digest.bytes)));
}

/* Every version up to this one has its line; this one's is of these words, and none is above it. */
static void check_version(const struct words *words)
{
	struct text table = file_read(words->arena, VERSIONS);
	const char *digest = digest_of(words->arena, writer_text((struct writer *)&words->said));
	const char *all =
		text_cstr(words->arena, text_printf(words->arena, "\n%.*s", TEXT_FMT(table)));
	const char *line, *start;

	for (int64_t version = 1; version <= words->version + 1; version++) {
		start = text_cstr(words->arena, text_printf(words->arena, "\n%s %lld ",
							    words->template, (long long)version));
		line = strstr(all, start);
		if (version > words->version) {
			assert_null(line);
			return;
		}
		if (!line && version == words->version && writes) {
			file_write(VERSIONS, text_printf(words->arena, "%s%s\n", start + 1, digest),
				   "a");
			continue;
		}
		if (!line)
			fail_msg("%s has no line for version %lld in " VERSIONS, words->template,
				 (long long)version);
		if (version == words->version && strncmp(line + strlen(start), digest, 64) != 0)
			fail_msg("the words of %s are not those of its version %lld: give it "
				 "another in server/jobs/message_form.c, then write the golden "
				 "files again",
				 words->template, (long long)version);
	}
}

static void words_check(struct words *words)
{
	const char *path = text_cstr(words->arena,
				     text_printf(words->arena, FOLDER "/%s.txt", words->template));
	struct text now = writer_text(&words->golden), kept;

	assert_true(words->count > 0);
	check_version(words);
	if (writes)
		file_write(path, now, "w");
	kept = file_read(words->arena, path);
	if (!text_eq(kept, now))
		fail_msg("%s is not what is said now:\n%.*s", path, TEXT_FMT(now));
}

static void add_parties(struct fixture *f)
{
	static struct party parties[READER_COUNT];

	memcpy(parties, f->parties, sizeof(f->parties));
	parties[REPRESENTATIVE] =
		(struct party){.organisation = {{6}}, .side = SIDE_REPRESENTATIVE};
	parties[CO_PAYER] =
		(struct party){.organisation = {{7}}, .side = SIDE_CO_PAYER, .last_night = NO_DAY};
	f->placement->parties = parties;
	f->placement->party_count = READER_COUNT;
}

static void add_told(struct fixture *f, struct words *words, struct fact *fact, const char *what)
{
	const struct fact *facts[] = {fact};
	struct fact *opening = fact_of(f, FACT_PLACEMENT_OPENED);
	struct message m;

	facts[0] = fact_is_beside(fact->kind) || fact->kind == FACT_DUE_CHANGED ? opening : fact;
	f->placement->facts = facts;
	f->placement->fact_count = 1;
	for (size_t reader = 0; reader < f->placement->party_count; reader++) {
		if (reader == RIVAL ||
		    !message_of_fact(f->arena, TEXT("https://care.example/"), f->placement, fact,
				     &f->placement->parties[reader], &m))
			continue;
		words_add(words,
			  text_cstr(f->arena, text_printf(f->arena, "%s, to the %s", what,
							  reader_names[reader])),
			  &m);
	}
	f->placement->facts = NULL;
	f->placement->fact_count = 0;
}

/* As it is when either side does it, with an action due from it and a date that it moves. */
static void add_of_both(struct fixture *f, struct words *words, enum fact_kind kind)
{
	static const struct opened opens[] = {{.duty = DUTY_RESPOND,
					       .owed_by = SIDE_PROVIDER,
					       .thread = 1,
					       .due_at_us = SOME_INSTANT}};
	static const struct due_change changes[] = {
		{.entry = 1, .n = 1, .old_due_at_us = SOME_INSTANT, .new_due_at_us = LATE_INSTANT},
		{.entry = 1, .n = 1, .old_due_at_us = SOME_INSTANT, .new_due_at_us = NEVER_US}};
	static struct obligation due = {.entry = 1,
					.n = 1,
					.duty = DUTY_SIGN,
					.owed_by = SIDE_PROVIDER,
					.thread = 1,
					.due_at_us = SOME_INSTANT,
					.missed_at_us = NEVER_US};
	struct fact *first = fact_of(f, kind), *second = fact_of(f, kind);

	f->placement->obligations = &due;
	f->placement->obligation_count = 1;
	first->opens = (struct list){(void *)opens, 1};
	second->changes = (struct list){(void *)changes, 2};
	if (kind == FACT_DUE_CHANGED) {
		((struct change_due *)second->data)->why = TEXT("The bank holidays are others");
		second->side = SIDE_TIME;
		add_told(f, words, second, "time's");
		return;
	}
	add_told(f, words, first, "the commissioner's");
	second->organisation = provider;
	second->side = SIDE_PROVIDER;
	second->on_behalf_of = SIDE_REPRESENTATIVE;
	add_told(f, words, second, "the provider's");
	f->placement->obligation_count = 0;
}

static void add_not_done(struct fixture *f, struct words *words, enum fact_kind kind)
{
	static const int32_t owed_by[] = {SIDE_COMMISSIONER, SIDE_PROVIDER, SIDE_TIME};

	for (int i = 0; i < DUTY_COUNT + 3; i++) {
		struct fact *fact = fact_of(f, kind);
		struct not_done *data = (struct not_done *)fact->data;

		data->duty = i < 3 ? (int32_t)DUTY_RESPOND : i - 3;
		data->owed_by = owed_by[i < 3 ? i : 0];
		data->end_reason = i < 2 ? (int32_t)END_LAPSED : NO_ENUM;
		/* the first say how each reads it, the others which words a duty has */
		f->placement->party_count = i < 3 ? READER_COUNT : 1;
		add_told(f, words, fact,
			 text_cstr(f->arena,
				   text_printf(f->arena, "%s of the %s", duty_names[data->duty],
					       side_names[data->owed_by])));
	}
	f->placement->party_count = READER_COUNT;
}

static void every_fact_says_what_is_kept_of_it(void **state)
{
	struct fixture *f = *state;
	struct words words;

	add_parties(f);
	for (int kind = 0; kind < FACT_COUNT; kind++) {
		words_begin(&words, f->arena, fact_names[kind]);
		if (kind == FACT_MISSED || kind == FACT_LAPSED)
			add_not_done(f, &words, (enum fact_kind)kind);
		else
			add_of_both(f, &words, (enum fact_kind)kind);
		words_check(&words);
	}
}

static void every_reminder_says_what_is_kept_of_it(void **state)
{
	struct fixture *f = *state;
	struct words words;
	struct message m;

	words_begin(&words, f->arena, "reminder");
	for (int i = 0; i < DUTY_COUNT * 4; i++) {
		bool late = i % 2, by_time = i / 2 % 2;
		struct obligation o = {.entry = 1,
				       .duty = (enum duty)(i / 4),
				       .owed_by = by_time ? SIDE_TIME : SIDE_COMMISSIONER,
				       .thread = 1,
				       .due_at_us = SOME_INSTANT,
				       .missed_at_us = late ? SOME_INSTANT : NEVER_US};

		assert_true(message_of_reminder(f->arena, TEXT("https://care.example/"),
						f->placement, &o, TEXT("2 working days before"),
						&f->parties[0], &m));
		words_add(&words,
			  text_cstr(f->arena, text_printf(f->arena, "%s%s%s", duty_names[i / 4],
							  by_time ? ", which runs out" : "",
							  late ? ", late" : "")),
			  &m);
	}
	words_check(&words);
}

static void every_entry_of_a_home_says_what_is_kept_of_it(void **state)
{
	struct fixture *f = *state;
	struct home_opened opens[] = {
		{.duty = DUTY_ANSWER_FLAG, .owed_by = SIDE_PROVIDER, .due_at_us = SOME_INSTANT}};
	struct home_record record = {.home = {{8}}};
	struct words words;
	struct message m;

	for (int kind = 0; kind < HOME_FACT_COUNT; kind++) {
		struct home_fact fact = {.kind = kind,
					 .recorded_at_us = SOME_INSTANT,
					 .actor.side = SIDE_COMMISSIONER,
					 .opens = {opens, 1},
					 .data = {.duty = DUTY_ANSWER_FLAG,
						  .owed_by = SIDE_PROVIDER,
						  .on_day = SOME_DAY,
						  .due_at_us = SOME_INSTANT}};

		words_begin(&words, f->arena,
			    text_cstr(f->arena,
				      text_printf(f->arena, "home_%s", home_fact_names[kind])));
		message_of_home_fact(f->arena, TEXT("https://care.example"),
				     TEXT("Alder & Ash <House>"), &record, &fact, SIDE_PROVIDER,
				     &m);
		words_add(&words, "to the provider", &m);
		message_of_home_fact(f->arena, TEXT("https://care.example"),
				     TEXT("Alder & Ash <House>"), &record, &fact, SIDE_COMMISSIONER,
				     &m);
		words_add(&words, "to the commissioner", &m);
		words_check(&words);
	}
}

static void what_is_about_several_says_what_is_kept_of_it(void **state)
{
	struct fixture *f = *state;
	struct obligation o = {.duty = DUTY_ANSWER_FLAG,
			       .owed_by = SIDE_PROVIDER,
			       .due_at_us = SOME_INSTANT,
			       .missed_at_us = NEVER_US};
	struct words words;
	struct message m;

	words_begin(&words, f->arena, "home_reminder");
	message_of_home_reminder(f->arena, TEXT("https://care.example"), TEXT("Alder House"),
				 (struct uuid){{8}}, &o, TEXT("1 working day before"), &m);
	words_add(&words, "before", &m);
	o.missed_at_us = SOME_INSTANT;
	message_of_home_reminder(f->arena, TEXT("https://care.example"), TEXT("Alder House"),
				 (struct uuid){{8}}, &o, TEXT("1 day after"), &m);
	words_add(&words, "late", &m);
	words_check(&words);
	words_begin(&words, f->arena, "caseload");
	message_of_import(
		f->arena, TEXT("https://care.example/"), TEXT("Northfold Council"),
		text_printf(f->arena, "%lld PL-1000047-P\n0 PL-1000048-N", (long long)SOME_INSTANT),
		&m);
	words_add(&words, "of two", &m);
	words_check(&words);
	words_begin(&words, f->arena, "digest");
	message_of_digest(f->arena, TEXT("https://care.example/"), 1, TEXT("PL-1000047-P: note"),
			  &m);
	words_add(&words, "of one", &m);
	message_of_digest(f->arena, TEXT("https://care.example/"), 5,
			  TEXT("PL-1000047-P: note\nPL-1000048-N: message"), &m);
	words_add(&words, "of more than it shows", &m);
	words_check(&words);
	words_begin(&words, f->arena, "webhook_disabled");
	message_of_webhook(f->arena, TEXT("https://care.example/"), (struct uuid){{8}}, true, 0,
			   &m);
	words_add(&words, "gone", &m);
	message_of_webhook(f->arena, TEXT("https://care.example/"), (struct uuid){{8}}, false, 5,
			   &m);
	words_add(&words, "failing", &m);
	words_check(&words);
	words_begin(&words, f->arena, "calendar_ends");
	message_of_calendar(f->arena, TEXT("https://care.example/"), DIVISION_ENGLAND_AND_WALES,
			    SOME_DAY, false, &m);
	words_add(&words, "soon", &m);
	message_of_calendar(f->arena, TEXT("https://care.example/"), DIVISION_NORTHERN_IRELAND,
			    SOME_DAY, true, &m);
	words_add(&words, "over", &m);
	words_check(&words);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_fact_says_what_is_kept_of_it, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(every_reminder_says_what_is_kept_of_it, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(every_entry_of_a_home_says_what_is_kept_of_it,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_about_several_says_what_is_kept_of_it,
						set_up, tear_down),
	};

	writes = argc > 1 && strcmp(argv[1], "write") == 0;
	if (writes)
		mkdir(FOLDER, 0755);
	return cmocka_run_group_tests_name("message_golden", tests, NULL, NULL);
}
