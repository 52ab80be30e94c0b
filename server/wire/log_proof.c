/*
 * log_proof.c - that one entry is in a log, in a text that needs nothing beside it but the log's
 * keys (C2SP tlog-proof).
 */
#include <string.h>

#include "concordat/wire/note.h"
#include "lines.h"

#define FIRST_LINE "c2sp.org/tlog-proof@v1"

/* What is behind the word and a space. */
static bool after_word(struct text line, const char *word, struct text *out)
{
	size_t len = strlen(word);

	if (!text_starts(line, word) || line.len <= len || line.at[len] != ' ')
		return false;
	*out = (struct text){line.at + len + 1, line.len - len - 1};
	return true;
}

/* Up to the empty line. */
static bool path_parse(struct text *rest, struct merkle_proof *out)
{
	struct text line;

	for (out->count = 0; line_take(rest, &line); out->count++) {
		if (line.len == 0)
			return true;
		if (out->count == MERKLE_PROOF_MOST || !line_digest(line, &out->hashes[out->count]))
			return false;
	}
	return false;
}

bool log_proof_parse(struct text text, struct log_proof *out, const char **why)
{
	struct text line, value;

	out->extra = TEXT_NONE;
	if (!line_take(&text, &line) || !text_is(line, FIRST_LINE)) {
		*why = "The first line of a proof is " FIRST_LINE ".";
		return false;
	}
	if (!line_take(&text, &line))
		line = TEXT_NONE;
	if (after_word(line, "extra", &out->extra)) {
		size_t size = text_base64_size(out->extra);

		if (size == 0 || !text_unbase64(out->extra, NULL, size)) {
			*why = "The extra data of a proof is base64.";
			return false;
		}
		if (!line_take(&text, &line))
			line = TEXT_NONE;
	}
	if (!after_word(line, "index", &value) || !line_number(value, &out->index)) {
		*why = "A proof says `index` and the entry's number, with no zeros before it.";
		return false;
	}
	if (!path_parse(&text, &out->path)) {
		*why = "Behind its index a proof has hashes, each 32 bytes in base64 on a line, "
		       "and an empty line.";
		return false;
	}
	if (text.len == 0) {
		*why = "A proof ends with the log's signed checkpoint.";
		return false;
	}
	out->checkpoint = text;
	return true;
}

struct text log_proof_text(struct arena *arena, const struct log_proof *proof)
{
	struct writer w;

	writer_init(&w, arena);
	writer_puts(&w, FIRST_LINE "\n");
	if (proof->extra.len)
		writer_printf(&w, "extra %.*s\n", TEXT_FMT(proof->extra));
	writer_puts(&w, "index ");
	writer_int(&w, proof->index);
	writer_char(&w, '\n');
	for (size_t i = 0; i < proof->path.count; i++)
		writer_digest_line(&w, &proof->path.hashes[i]);
	writer_char(&w, '\n');
	writer_put(&w, proof->checkpoint);
	return writer_text(&w);
}
