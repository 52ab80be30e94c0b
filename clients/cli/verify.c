/*
 * verify.c - whether what the service handed out is what it sealed: offline, by public keys.
 *
 * A record of agreed terms, a statement that no reply was recorded, an exported log, or that a log
 * only grew. It says what was checked and what no file shows of itself, and leaves by its exit
 * code. `log` fetches what is verified.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "concordat/base/id.h"
#include "concordat/wire/emit.h"
#include "concordat/wire/verify.h"

#include "command.h"
#include "document.h"
#include "page.h"
#include "service.h"

#define DOCUMENT_BYTES ((size_t)64 << 20)
#define BUFFER_BYTES ((size_t)8 << 20)

static const struct kind {
	const char *format, *words;
} kinds[] = {
	{AGREED_TERMS_FORMAT, "a record of agreed terms"},
	{NO_REPLY_FORMAT, "a statement that no reply was recorded"},
	{EXPORT_FORMAT, "an exported log"},
	{"consistency", "two checkpoints of a log"},
};

/* ---- what was found */

static void put_findings(struct writer *w, const struct verification *v, enum finding_kind kind,
			 const char *heading)
{
	bool first = true;

	for (size_t i = 0; i < v->finding_count; i++) {
		if (v->findings[i].kind != kind)
			continue;
		if (first)
			writer_printf(w, "\n%s\n", heading);
		first = false;
		page_put(w, 4, 4, v->findings[i].sentence);
	}
}

static struct text page_of(struct arena *arena, const char *name, const struct verification *v)
{
	const struct finding *fault = v->finding_count ? &v->findings[v->finding_count - 1] : NULL;
	struct writer w;

	writer_init(&w, arena);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].format, v->format) == 0)
			writer_printf(&w, "%s: %s\n", name, kinds[i].words);
	put_findings(&w, v, FINDING_HOLDS, "Checked, and so:");
	put_findings(&w, v, FINDING_UNCHECKED, "What could not be checked:");
	if (v->verdict == VERDICT_HOLDS || !fault) {
		writer_puts(&w, "\nIt holds.\n");
		return writer_text(&w);
	}
	writer_puts(&w, "\nIt does not hold. The first thing that is wrong:\n");
	page_put(&w, 4, 4,
		 fault->where.len ? text_printf(arena, "%.*s: %.*s", TEXT_FMT(fault->where),
						TEXT_FMT(fault->sentence))
				  : fault->sentence);
	return writer_text(&w);
}

static struct text json_of(struct arena *arena, const char *name, const struct verification *v)
{
	struct writer w;

	writer_init(&w, arena);
	emit_begin(&w, NULL, '{');
	emit_word(&w, "file", name);
	emit_word(&w, "format", v->format);
	emit_bool(&w, "holds", v->verdict == VERDICT_HOLDS);
	emit_begin(&w, "findings", '[');
	for (size_t i = 0; i < v->finding_count; i++) {
		emit_begin(&w, NULL, '{');
		emit_word(&w, "kind", finding_kind_names[v->findings[i].kind]);
		emit_text(&w, "where", v->findings[i].where);
		emit_text(&w, "sentence", v->findings[i].sentence);
		emit_end(&w, '}');
	}
	emit_end(&w, ']');
	emit_end(&w, '}');
	writer_char(&w, '\n');
	return writer_text(&w);
}

static enum outcome tell(const struct command_line *line, const char *name,
			 const struct verification *v)
{
	enum outcome outcome;

	if (v->verdict == VERDICT_UNREADABLE) {
		command_say(line, text_printf(line->arena,
					      "%s: This is none of the documents that can be "
					      "checked: a record of agreed terms, a statement that "
					      "no reply was recorded, or an exported log.",
					      name));
		return OUTCOME_UNREADABLE;
	}
	outcome = command_print(line, line->options[OPTION_JSON] ? json_of(line->arena, name, v)
								 : page_of(line->arena, name, v));
	if (outcome)
		return outcome;
	return v->verdict == VERDICT_HOLDS ? OUTCOME_DONE : OUTCOME_REFUSED;
}

/* ---- keys, checkpoints */

static enum outcome read_keys(const struct command_line *line, struct list *keys)
{
	struct document file;
	struct text why;
	enum outcome outcome = document_read(line, line->options[OPTION_KEY_FILE], &file);

	if (outcome || note_keys_parse(line->arena, file.json, keys, &why))
		return outcome;
	command_say(line, text_printf(line->arena, "%s: %.*s", file.name, TEXT_FMT(why)));
	return OUTCOME_UNREADABLE;
}

/* ---- a file, which may be far larger than memory */

struct source {
	FILE *file;
	const char *name;
	char *at; /* BUFFER_BYTES, of which those from..to are read and not taken yet */
	size_t from, to;
	bool ended;
};

/* Without its line feed. False at the end. A line that is longer than the buffer comes in parts,
 * and is then no line that could be read. */
static bool line_next(struct source *s, struct text *line)
{
	for (;;) {
		const char *end = memchr(s->at + s->from, '\n', s->to - s->from);
		size_t len = end ? (size_t)(end - s->at) - s->from : s->to - s->from;

		if (end || len == BUFFER_BYTES || (s->ended && len)) {
			*line = (struct text){s->at + s->from, len};
			s->from += len + (end != NULL);
			return true;
		}
		if (s->ended)
			return false;
		if (s->from) {
			memmove(s->at, s->at + s->from, len);
			s->from = 0;
			s->to = len;
		}
		len = fread(s->at + s->to, 1, BUFFER_BYTES - s->to, s->file);
		s->to += len;
		s->ended = len == 0;
	}
}

static enum outcome unreadable(const struct command_line *line, const char *name)
{
	command_say(line, text_printf(line->arena,
				      "%s: It could not be read to its end. Try again, or copy the "
				      "file first.",
				      name));
	return OUTCOME_UNREADABLE;
}

static enum outcome verify_export(const struct command_line *line, struct source *s,
				  struct text first, const struct list *keys)
{
	struct export_check *check = export_check_new(line->arena, keys->items, keys->count);
	struct verification v;
	bool sound = export_check_line(check, first);

	while (sound && line_next(s, &first))
		sound = export_check_line(check, first);
	if (ferror(s->file))
		return unreadable(line, s->name);
	export_check_end(check, &v);
	return tell(line, s->name, &v);
}

static enum outcome verify_whole(const struct command_line *line, struct source *s,
				 const struct list *keys)
{
	struct verification v;
	struct writer w;
	size_t got;

	writer_init(&w, line->arena);
	writer_put(&w, (struct text){s->at, s->to});
	while (w.len <= DOCUMENT_BYTES && (got = fread(s->at, 1, BUFFER_BYTES, s->file)) > 0)
		writer_put(&w, (struct text){s->at, got});
	if (ferror(s->file))
		return unreadable(line, s->name);
	if (w.len > DOCUMENT_BYTES)
		v = (struct verification){.verdict = VERDICT_UNREADABLE};
	else
		record_verify(line->arena, writer_text(&w), keys->items, keys->count, &v);
	return tell(line, s->name, &v);
}

static enum outcome verify_file(const struct command_line *line, const struct list *keys)
{
	const char *path = line->words[0];
	bool standard = strcmp(path, "-") == 0;
	struct source s = {.file = standard ? stdin : fopen(path, "rb"),
			   .name = standard ? "standard input" : path};
	enum outcome outcome;
	struct text first;

	if (!s.file) {
		command_say(line,
			    text_printf(line->arena, "%s: %s", path,
					errno == ENOENT ? "There is no such file. Check its name."
							: "It cannot be opened. Check who may read "
							  "it."));
		return OUTCOME_UNREADABLE;
	}
	s.at = arena_alloc(line->arena, BUFFER_BYTES);
	if (line_next(&s, &first) && export_begins(first))
		outcome = verify_export(line, &s, first, keys);
	else
		outcome = verify_whole(line, &s, keys);
	if (!standard)
		fclose(s.file);
	return outcome;
}

/* ---- that a log grew */

static enum outcome verify_growth(const struct command_line *line, const struct list *keys)
{
	struct document older, newer, proof;
	struct verification v;
	enum outcome outcome;

	if (!line->options[OPTION_OLD] || !line->options[OPTION_NEW] ||
	    !line->options[OPTION_PROOF]) {
		command_say(line, TEXT("Name three files: --old and --new, checkpoints, and "
				       "--proof, the log's consistency answer for their sizes."));
		return OUTCOME_USAGE;
	}
	outcome = document_read(line, line->options[OPTION_OLD], &older);
	if (!outcome)
		outcome = document_read(line, line->options[OPTION_NEW], &newer);
	if (!outcome)
		outcome = document_read(line, line->options[OPTION_PROOF], &proof);
	if (outcome)
		return outcome;
	growth_verify(line->arena, older.json, newer.json, proof.json, keys->items, keys->count,
		      &v);
	return tell(line, older.name, &v);
}

/* "care.example/log/<authority>", and "/2" behind it where the log was begun again. */
static const char *authority_of(struct arena *arena, struct text origin)
{
	const char *at = memmem(origin.at, origin.len, "/log/", 5);
	struct text id = {at ? at + 5 : NULL, 36};
	struct uuid authority;

	if (!at || (size_t)(origin.at + origin.len - id.at) < id.len || !uuid_parse(id, &authority))
		return NULL;
	return text_cstr(arena, id);
}

static enum outcome verify_service(const struct command_line *line, const struct list *keys)
{
	struct json_errors errors = {0};
	struct service_value values[] = {{"from", NULL}, {NULL, NULL}};
	struct checkpoint since;
	struct verification v;
	struct document older;
	struct text answer;
	const char *why = "", *authority;
	enum outcome outcome;

	if (!line->options[OPTION_SINCE]) {
		command_say(line, TEXT("Name the checkpoint that you kept: --since FILE."));
		return OUTCOME_USAGE;
	}
	outcome = document_read(line, line->options[OPTION_SINCE], &older);
	if (outcome)
		return outcome;
	if (!checkpoint_open(older.json, keys->items, keys->count, &since, &why) ||
	    !(authority = authority_of(line->arena, since.origin))) {
		command_say(line, text_printf(line->arena, "%s: %s", older.name,
					      *why ? why : "This is no checkpoint of a log."));
		return OUTCOME_REFUSED;
	}
	values[0].value = text_printf(line->arena, "%lld", (long long)since.size).at;
	outcome =
		service_get(line, text_printf(line->arena, "/v1/log/%s/consistency", authority).at,
			    values, &answer);
	if (outcome)
		return outcome;
	growth_verify(line->arena, older.json,
		      json_member(line->arena, answer, "checkpoint", &errors), answer, keys->items,
		      keys->count, &v);
	return tell(line, older.name, &v);
}

enum outcome command_verify(const struct command_line *line)
{
	bool grown = line->options[OPTION_OLD] || line->options[OPTION_NEW] ||
		     line->options[OPTION_PROOF];
	bool asks = line->options[OPTION_SERVER] || line->options[OPTION_SINCE];
	struct list keys = {0};
	enum outcome outcome;

	if ((line->words[0] != NULL) + grown + asks != 1) {
		command_say(line, TEXT("Name one thing to check: a FILE; or --old, --new and "
				       "--proof; or --server and --since."));
		command_say(line, TEXT("`concordat help verify` says what there is."));
		return OUTCOME_USAGE;
	}
	outcome = read_keys(line, &keys);
	if (outcome)
		return outcome;
	if (grown)
		return verify_growth(line, &keys);
	return asks ? verify_service(line, &keys) : verify_file(line, &keys);
}

/* ---- fetching what is verified */

static enum outcome fetch(const struct command_line *line, const char *path,
			  const struct service_value *values)
{
	struct text body = TEXT_NONE;
	enum outcome outcome = service_get(line, path, values, &body);

	return outcome ? outcome : command_print(line, body);
}

static bool id_is_sound(const struct command_line *line, const char *word)
{
	struct uuid id;

	if (uuid_parse(text_of(word), &id))
		return true;
	command_say(line, text_printf(line->arena,
				      "\"%s\" is no identifier. It is one like "
				      "019b7c11-5d2e-7c4a-9a51-3f6f0c1f2a10, as lists show it.",
				      word));
	return false;
}

/* "2", or "12.1" of an action due. */
static bool number_is_sound(const struct command_line *line, const char *word)
{
	if (word[0] && strspn(word, "0123456789.") == strlen(word))
		return true;
	command_say(line, text_printf(line->arena, "\"%s\" is no number.", word));
	return false;
}

static enum outcome fetch_of_log(const struct command_line *line, const char *what)
{
	const struct service_value values[] = {{NULL, NULL}};

	if (!id_is_sound(line, line->words[0]))
		return OUTCOME_USAGE;
	return fetch(line, text_printf(line->arena, "/v1/log/%s/%s", line->words[0], what).at,
		     values);
}

enum outcome command_log_checkpoint(const struct command_line *line)
{
	return fetch_of_log(line, "checkpoint");
}

enum outcome command_log_keys(const struct command_line *line)
{
	return fetch_of_log(line, "keys");
}

enum outcome command_log_record(const struct command_line *line)
{
	const struct service_value values[] = {{NULL, NULL}};

	if (!id_is_sound(line, line->words[0]) || !number_is_sound(line, line->words[1]))
		return OUTCOME_USAGE;
	return fetch(line,
		     text_printf(line->arena, "/v1/placements/%s/agreements/%s/record",
				 line->words[0], line->words[1])
			     .at,
		     values);
}

enum outcome command_log_statement(const struct command_line *line)
{
	const struct service_value values[] = {{"until", line->options[OPTION_UNTIL]},
					       {NULL, NULL}};

	if (!id_is_sound(line, line->words[0]) || !number_is_sound(line, line->words[1]))
		return OUTCOME_USAGE;
	return fetch(line,
		     text_printf(line->arena, "/v1/placements/%s/obligations/%s/no-reply",
				 line->words[0], line->words[1])
			     .at,
		     values);
}
