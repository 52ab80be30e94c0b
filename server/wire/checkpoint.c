/*
 * checkpoint.c - what a log says of itself (C2SP tlog-checkpoint): whose it is, how long, its root.
 */
#include "concordat/wire/note.h"
#include "lines.h"

bool checkpoint_parse(struct text body, struct checkpoint *out, const char **why)
{
	struct text line;

	if (!line_take(&body, &out->origin) || out->origin.len == 0) {
		*why = "The first line of a checkpoint is the log's origin.";
		return false;
	}
	if (!line_take(&body, &line) || !line_number(line, &out->size)) {
		*why = "The second line of a checkpoint is the log's size, with no zeros before "
		       "it.";
		return false;
	}
	if (!line_take(&body, &line) || !line_digest(line, &out->root)) {
		*why = "The third line of a checkpoint is the root, 32 bytes in base64.";
		return false;
	}
	while (body.len > 0)
		if (!line_take(&body, &line) || line.len == 0) {
			*why = "Lines behind the third of a checkpoint are not empty.";
			return false;
		}
	return true;
}

struct text checkpoint_body(struct arena *arena, const struct checkpoint *checkpoint)
{
	struct writer w;

	writer_init(&w, arena);
	writer_put(&w, checkpoint->origin);
	writer_char(&w, '\n');
	writer_int(&w, checkpoint->size);
	writer_char(&w, '\n');
	writer_digest_line(&w, &checkpoint->root);
	return writer_text(&w);
}

bool checkpoint_open(struct text note, const struct note_key *keys, size_t key_count,
		     struct checkpoint *out, const char **why)
{
	struct note opened;

	if (!note_open(note, keys, key_count, &opened, why) ||
	    !checkpoint_parse(opened.body, out, why))
		return false;
	if (text_eq(opened.by.name, out->origin))
		return true;
	/* The known key that signed first is another's; the log's own may have signed behind it. */
	for (size_t i = 0; i < key_count; i++)
		if (text_eq(keys[i].name, out->origin) &&
		    note_open(note, &keys[i], 1, &opened, why))
			return true;
	*why = "The checkpoint is signed, but not by a key that has the name of its log.";
	return false;
}
