/*
 * names.c - what a name and an e-mail address may hold.
 *
 * Stricter than any text: a name must not pass itself off as another, and an address must be one
 * address and nothing that a mail server could read as more.
 */
#include "names.h"

/* Beside what no text may hold (control characters, overrides of direction): line breaks, tabs, and
 * marks that are not seen, with which one name could pass itself off as another. */
static bool character_is_hidden(const unsigned char *at, size_t left)
{
	if (at[0] < 0x20)
		return true;
	if (left >= 2 && at[0] == 0xd8 && at[1] == 0x9c)
		return true; /* U+061C */
	return left >= 3 && at[0] == 0xe2 && at[1] == 0x80 &&
	       ((at[2] >= 0x8b && at[2] <= 0x8f) || at[2] == 0xa8 || at[2] == 0xa9);
	/* U+200B to U+200F, U+2028, U+2029 */
}

bool name_is_visible(struct text name)
{
	bool seen = false;

	for (size_t i = 0; i < name.len; i++) {
		if (character_is_hidden((const unsigned char *)name.at + i, name.len - i))
			return false;
		seen = seen || name.at[i] != ' ';
	}
	return seen || !name.at;
}

bool email_fold(struct arena *arena, struct text *email)
{
	struct writer w;
	size_t at_signs = 0, dots = 0;
	bool sound = true;

	writer_init(&w, arena);
	for (size_t i = 0; i < email->len; i++) {
		char c = email->at[i];

		sound = sound && c > ' ' && c < 0x7f && c != '<' && c != '>' && c != ',' &&
			c != ';' && c != ':' && c != '"' && c != '\\' && c != '(' && c != ')' &&
			c != '[' && c != ']';
		sound = sound && !(c == '@' && (i == 0 || i + 1 == email->len));
		at_signs += c == '@';
		dots += c == '.' && at_signs;
		writer_char(&w, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
	}
	if (!sound || at_signs != 1 || !dots)
		return false;
	*email = writer_text(&w);
	return true;
}
