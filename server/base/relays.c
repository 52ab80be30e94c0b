/*
 * relays.c - reads smtp_url.
 *
 * A text that is not sound is refused whole rather than made the best of: a password with a / or an
 * @ that nobody encoded would be taken for a part of the address, and so be shown.
 */
#include "concordat/base/relays.h"

#include <string.h>

#define FORM                                                                                       \
	"smtp://host:port or smtps://host:port, with user:password@ before the host where it has " \
	"its own, percent-encoded"

static bool is_one_of(char c, const char *others)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr(others, c));
}

static int hex_value(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

/* NULL: it is empty, holds what must be encoded, or a control character. */
static const char *decoded(struct arena *arena, struct text t)
{
	char *out = arena_alloc(arena, t.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < t.len; i++) {
		int c = (unsigned char)t.at[i];

		if (c == '%' && t.len - i > 2) {
			int high = hex_value(t.at[i + 1]), low = hex_value(t.at[i + 2]);

			if (high < 0 || low < 0)
				return NULL;
			c = high * 16 + low;
			i += 2;
		} else if (!is_one_of((char)c, "-._~!$&'()*+,;=:")) {
			return NULL;
		}
		if (c < ' ' || c == 0x7f)
			return NULL;
		out[len++] = (char)c;
	}
	out[len] = '\0';
	return len ? out : NULL;
}

static size_t skip(struct text t, size_t at, const char *others)
{
	while (at < t.len && is_one_of(t.at[at], others))
		at++;
	return at;
}

/* A host, or an address in brackets; a port; the name to say at EHLO. */
static bool is_place(struct text t)
{
	size_t at = 0, from;

	if (t.len && *t.at == '[') {
		at = skip(t, 1, ":.");
		if (at == 1 || at == t.len || t.at[at++] != ']')
			return false;
	} else {
		at = skip(t, 0, "-.");
	}
	if (!at)
		return false;
	if (at < t.len && t.at[at] == ':') {
		for (from = ++at; at < t.len && t.at[at] >= '0' && t.at[at] <= '9';)
			at++;
		if (at == from || at - from > 5)
			return false;
	}
	if (at < t.len && t.at[at] == '/')
		at = skip(t, at + 1, "-.");
	return at == t.len;
}

static bool read_own(struct arena *arena, struct text own, struct relay *relay)
{
	const char *colon = own.len ? memchr(own.at, ':', own.len) : NULL;
	size_t before = colon ? (size_t)(colon - own.at) : 0;

	if (!colon)
		return false;
	relay->has_own = true;
	relay->user = decoded(arena, (struct text){own.at, before});
	relay->password = decoded(arena, (struct text){colon + 1, own.len - before - 1});
	return relay->user && relay->password;
}

static bool read_relay(struct arena *arena, struct text url, struct relay *relay)
{
	size_t scheme = text_starts(url, "smtp://") ? 7 : text_starts(url, "smtps://") ? 8 : 0;
	struct text place = {url.at + scheme, url.len - scheme};
	const char *mark = place.len ? memchr(place.at, '@', place.len) : NULL;
	size_t before = mark ? (size_t)(mark - place.at) : 0;

	if (!scheme || (mark && !read_own(arena, (struct text){place.at, before}, relay)))
		return false;
	if (mark)
		place = (struct text){mark + 1, place.len - before - 1};
	relay->url = text_cstr(
		arena, text_printf(arena, "%.*s%.*s", (int)scheme, url.at, TEXT_FMT(place)));
	return is_place(place);
}

/* Up to the next space; empty: there is no more. */
static struct text next_word(struct text *rest)
{
	struct text word;

	while (rest->len && *rest->at == ' ')
		*rest = (struct text){rest->at + 1, rest->len - 1};
	word = (struct text){rest->at, 0};
	while (word.len < rest->len && rest->at[word.len] != ' ')
		word.len++;
	*rest = (struct text){rest->at + word.len, rest->len - word.len};
	return word;
}

static const char *show(struct arena *arena, const struct relays *relays)
{
	struct writer w;

	writer_init(&w, arena);
	for (size_t i = 0; i < relays->count; i++) {
		const char *url = relays->at[i].url, *place = strstr(url, "//") + 2;

		writer_printf(&w, "%s%.*s%s%s", i ? " " : "", (int)(place - url), url,
			      relays->at[i].has_own ? "********@" : "", place);
	}
	return text_cstr(arena, writer_text(&w));
}

bool relays_parse(struct arena *arena, struct text urls, const char *user, const char *password,
		  struct relays *out, const char **shown, struct text *why)
{
	struct text rest = urls, url;

	*out = (struct relays){.count = 0};
	while ((url = next_word(&rest)).len) {
		struct relay *relay = &out->at[out->count];

		if (out->count == RELAYS_MOST) {
			*why = text_printf(arena,
					   "smtp_url names too many mail servers. Give %d at "
					   "most.",
					   RELAYS_MOST);
			return false;
		}
		*relay = (struct relay){.user = user, .password = password};
		if (!read_relay(arena, url, relay)) {
			*why = text_printf(
				arena, "smtp_url, mail server %zu, cannot be read. Give " FORM ".",
				out->count + 1);
			return false;
		}
		out->count++;
	}
	*shown = show(arena, out);
	return true;
}
