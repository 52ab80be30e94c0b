/*
 * names.c - what a name, an e-mail address, a postcode and a telephone number may hold.
 *
 * Stricter than any text: a name must not pass itself off as another, and an address must be one
 * address and nothing that a mail server could read as more. Whether a postcode or a number is
 * anybody's is not known here.
 */
#include "call/names.h"

#include <string.h>

#define OUTWARD_MOST 4 /* "SW1A" */
#define INWARD 3       /* "1AA" */
#define DIGITS_LEAST 7
#define DIGITS_MOST 15 /* E.164 */

/* A for a letter, 9 for a digit; the inward part is always 9AA. */
static const char *const outward_forms[] = {"A9", "A99", "AA9", "AA99", "A9A", "AA9A"};

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

bool name_check(struct call *call, const char *pointer, struct text name)
{
	if (name_is_visible(name))
		return true;
	call_refuse(
		call, text_of(pointer),
		TEXT("Give it in characters that can be seen, on one line, and not only spaces."));
	return false;
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

static bool outward_is_sound(const char *form)
{
	for (size_t i = 0; i < sizeof(outward_forms) / sizeof(outward_forms[0]); i++)
		if (strcmp(form, outward_forms[i]) == 0)
			return true;
	return false;
}

bool postcode_fold(struct arena *arena, struct text *postcode)
{
	char said[OUTWARD_MOST + INWARD], form[OUTWARD_MOST + INWARD + 1] = "";
	size_t len = 0;

	for (size_t i = 0; i < postcode->len; i++) {
		char c = postcode->at[i];

		if (c == ' ')
			continue;
		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if (len == sizeof(said))
			return false;
		form[len] = c >= '0' && c <= '9' ? '9' : c >= 'A' && c <= 'Z' ? 'A' : '?';
		said[len++] = c;
	}
	if (len <= INWARD || strcmp(form + len - INWARD, "9AA") != 0)
		return false;
	form[len - INWARD] = '\0';
	if (!outward_is_sound(form))
		return false;
	*postcode = text_printf(arena, "%.*s %.*s", (int)(len - INWARD), said, INWARD,
				said + len - INWARD);
	return true;
}

bool telephone_is_sound(struct text telephone)
{
	size_t digits = 0;

	for (size_t i = 0; i < telephone.len; i++) {
		char c = telephone.at[i];

		if (c >= '0' && c <= '9')
			digits++;
		else if (!c || (!strchr(" ()-", c) && (c != '+' || i > 0)))
			return false;
	}
	return digits >= DIGITS_LEAST && digits <= DIGITS_MOST;
}
