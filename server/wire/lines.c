/*
 * lines.c - what the log's texts are made of, each value in the one form it has.
 *
 * Two texts that say the same are the same bytes: a sign, a zero before a number, a space or a bit
 * behind the end of base64 is refused, never passed over.
 */
#include "lines.h"

#include <string.h>

/* White_Space of Unicode 15 behind ASCII. */
static const char *const spaces[] = {
	"\xc2\x85",	"\xc2\xa0",	"\xe1\x9a\x80", "\xe2\x80\x80", "\xe2\x80\x81",
	"\xe2\x80\x82", "\xe2\x80\x83", "\xe2\x80\x84", "\xe2\x80\x85", "\xe2\x80\x86",
	"\xe2\x80\x87", "\xe2\x80\x88", "\xe2\x80\x89", "\xe2\x80\x8a", "\xe2\x80\xa8",
	"\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80",
};

bool line_take(struct text *rest, struct text *line)
{
	const char *end = rest->len ? memchr(rest->at, '\n', rest->len) : NULL;

	if (!end)
		return false;
	*line = (struct text){rest->at, (size_t)(end - rest->at)};
	*rest = (struct text){end + 1, rest->len - line->len - 1};
	return true;
}

uint32_t note_id(const uint8_t bytes[4])
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
	       bytes[3];
}

bool line_is_name(struct text line)
{
	if (line.len == 0 || !text_is_utf8(line))
		return false;
	for (size_t i = 0; i < line.len; i++)
		if ((unsigned char)line.at[i] <= ' ' || line.at[i] == '+' || line.at[i] == 0x7f)
			return false;
	for (size_t i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++)
		if (memmem(line.at, line.len, spaces[i], strlen(spaces[i])))
			return false;
	return true;
}

bool line_number(struct text line, int64_t *out)
{
	if (line.len == 0 || line.at[0] < '0' || (line.at[0] == '0' && line.len > 1))
		return false;
	return text_to_int(line, out) && *out < MERKLE_SIZE_MOST;
}

bool line_digest(struct text line, struct digest *out)
{
	return text_unbase64(line, out->bytes, sizeof(out->bytes));
}

void writer_digest_line(struct writer *w, const struct digest *digest)
{
	writer_put(w, text_base64(w->arena, digest->bytes, sizeof(digest->bytes)));
	writer_char(w, '\n');
}
