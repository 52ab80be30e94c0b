/*
 * document.c - files in, and what is wrong with them.
 *
 * Everything that is found is said, not the first thing only, so that a document is mended once.
 * A file's own characters reach the terminal only in pointers: command_say keeps those that steer
 * it out.
 */
#include "document.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "concordat/core/fields.h"

struct inputs_document {
	struct list inputs; /* struct map_entry */
};

static const struct field inputs_fields[] = {
	F(inputs_document, inputs, "inputs", FIELD_MAP, REQ, 0, 100, NULL, NULL,
	  "the model's inputs by key"),
};
static TABLE(inputs, struct inputs_document, "Inputs of a calculation");

static enum outcome unreadable(const struct command_line *line, const char *name, const char *why,
			       const char *next)
{
	command_say(line, text_printf(line->arena, "%s: %s %s", name, why, next));
	return OUTCOME_UNREADABLE;
}

static enum outcome read_all(const struct command_line *line, FILE *file, size_t mib,
			     struct document *document)
{
	size_t most = mib * 1024 * 1024;
	struct writer w;
	char chunk[8192];
	size_t got;

	writer_init(&w, line->arena);
	while (w.len <= most && (got = fread(chunk, 1, sizeof(chunk), file)) > 0)
		writer_put(&w, (struct text){chunk, got});
	if (w.len > most)
		return unreadable(
			line, document->name,
			text_cstr(line->arena,
				  text_printf(line->arena, "This is larger than %zu MiB.", mib)),
			"No document here is: name another file.");
	if (ferror(file))
		return errno == EISDIR ? unreadable(line, document->name, "This is a folder.",
						    "Name a file in it.")
				       : unreadable(line, document->name,
						    "It could not be read to its end.",
						    "Try again, or copy the file first.");
	document->json = writer_text(&w);
	return OUTCOME_DONE;
}

enum outcome document_read_most(const struct command_line *line, const char *path, size_t mib,
				struct document *document)
{
	bool standard = strcmp(path, "-") == 0;
	FILE *file = standard ? stdin : fopen(path, "rb");
	enum outcome outcome;

	*document = (struct document){standard ? "standard input" : path, TEXT_NONE, ""};
	if (!file)
		return errno == ENOENT
			       ? unreadable(line, path, "There is no such file.", "Check its name.")
			       : unreadable(line, path, "It cannot be opened:",
					    text_cstr(line->arena,
						      text_printf(line->arena,
								  "%s. Check the name and who "
								  "may read it.",
								  strerror(errno))));
	outcome = read_all(line, file, mib, document);
	if (!standard)
		fclose(file);
	return outcome;
}

enum outcome document_read(const struct command_line *line, const char *path,
			   struct document *document)
{
	return document_read_most(line, path, 1, document);
}

static void say_at(const struct command_line *line, const struct document *document,
		   struct text pointer, struct text sentence)
{
	struct text whole = text_printf(line->arena, "%s%.*s", document->inside, TEXT_FMT(pointer));

	command_say(line, text_printf(line->arena, "%s: %.*s%s%.*s", document->name,
				      TEXT_FMT(whole), whole.len ? ": " : "", TEXT_FMT(sentence)));
}

static enum outcome refused(const struct command_line *line, size_t flaws)
{
	command_say(line, flaws == 1 ? TEXT("Nothing was worked out. Put that right and run this "
					    "again.")
				     : TEXT("Nothing was worked out. Put these right and run this "
					    "again."));
	return OUTCOME_REFUSED;
}

enum outcome document_refuse(const struct command_line *line, const struct document *document,
			     const struct flaw *flaw)
{
	say_at(line, document, flaw->pointer, flaw->sentence);
	return refused(line, 1);
}

static enum outcome refuse_all(const struct command_line *line, const struct document *document,
			       const struct json_errors *errors)
{
	const struct json_error *items = errors->items.items;

	for (size_t i = 0; i < errors->items.count; i++)
		say_at(line, document, items[i].pointer, items[i].detail);
	return refused(line, errors->items.count);
}

enum outcome document_enter(const struct command_line *line, struct document *document,
			    const char *pointer)
{
	struct json_errors errors = {0};
	struct text part;

	(void)json_member(line->arena, document->json, pointer + 1, &errors);
	if (errors.items.count)
		return refuse_all(line, document, &errors);
	part = json_member_raw(line->arena, document->json, pointer + 1);
	if (text_starts(part, "{")) {
		document->json = part;
		document->inside = pointer;
	}
	return OUTCOME_DONE;
}

enum outcome document_decode(const struct command_line *line, const struct document *document,
			     const struct schema *schema, enum json_purpose purpose, void *data)
{
	struct json_errors errors = {0};

	if (json_decode(line->arena, document->json, schema, purpose, NULL, data, &errors))
		return OUTCOME_DONE;
	return refuse_all(line, document, &errors);
}

/* What is read is always {"inputs": ...}; what stands bare is put into it, and its pointers are
 * shown without. */
enum outcome document_decode_inputs(const struct command_line *line, struct document *document,
				    struct list *inputs)
{
	struct json_errors errors = {0};
	struct document whole = *document;
	struct inputs_document found;
	struct json_error *items;
	enum outcome outcome = document_enter(line, document, "/inputs");

	if (outcome)
		return outcome;
	if (!document->inside[0])
		whole.json = text_printf(line->arena, "{\"inputs\":%.*s}", TEXT_FMT(whole.json));
	*inputs = (struct list){NULL, 0};
	if (json_decode(line->arena, whole.json, &inputs_schema, JSON_DOCUMENT, NULL, &found,
			&errors)) {
		*inputs = found.inputs;
		return OUTCOME_DONE;
	}
	items = errors.items.items;
	for (size_t i = 0; !document->inside[0] && i < errors.items.count; i++)
		if (text_starts(items[i].pointer, "/inputs")) {
			items[i].pointer.at += strlen("/inputs");
			items[i].pointer.len -= strlen("/inputs");
		}
	return refuse_all(line, &whole, &errors);
}
