/*
 * service.c - asks the service over HTTP, and says what it answered when that is a refusal.
 *
 * A token goes only over TLS or to this very machine, follows no redirect, and is read from a file
 * or the environment.
 */
#include "service.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "concordat/wire/json.h"

#define SECONDS_MOST 30L
#define SECONDS_TO_POST_MOST 180L
#define ANSWER_MOST (8 << 20)
#define TOKEN_MOST 200
#define PAGES_MOST 500

struct exchange {
	const struct command_line *line;
	CURL *curl;
	struct text server, token;
	const struct service_body *sent; /* NULL: nothing is */
	struct writer answer;
};

static enum outcome say(const struct command_line *line, enum outcome outcome, struct text sentence)
{
	command_say(line, sentence);
	return outcome;
}

/* ---- where, and as whom ---- */

static bool is_this_machine(struct text host)
{
	static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t len = strlen(names[i]);

		if (text_starts(host, names[i]) &&
		    (host.len == len || host.at[len] == ':' || host.at[len] == '/'))
			return true;
	}
	return false;
}

static enum outcome find_server(struct exchange *x)
{
	const char *given = x->line->options[OPTION_SERVER];
	const char *server = given ? given : getenv("CONCORDAT_SERVER");
	struct text host;

	if (!server || !server[0])
		return say(x->line, OUTCOME_USAGE,
			   TEXT("Say which service: --server URL, or CONCORDAT_SERVER in the "
				"environment."));
	x->server = text_url_base(text_of(server));
	if (text_starts(x->server, "https://"))
		return OUTCOME_DONE;
	host = (struct text){x->server.at + 7, x->server.len > 7 ? x->server.len - 7 : 0};
	if (text_starts(x->server, "http://") && is_this_machine(host))
		return OUTCOME_DONE;
	return say(x->line, OUTCOME_USAGE,
		   TEXT("The service's address begins with https://; http:// only on this "
			"machine, for a token goes with it."));
}

static bool token_is_sound(struct text token)
{
	for (size_t i = 0; i < token.len; i++)
		if ((unsigned char)token.at[i] <= 0x20 || (unsigned char)token.at[i] >= 0x7f)
			return false;
	return token.len > 0 && token.len <= TOKEN_MOST;
}

static enum outcome read_token_file(struct exchange *x, const char *path)
{
	char read[TOKEN_MOST + 2];
	FILE *file = fopen(path, "rb");
	size_t got;

	if (!file)
		return say(x->line, OUTCOME_UNREADABLE,
			   text_printf(x->line->arena,
				       "%s: It cannot be opened. Check the name and who may read "
				       "it.",
				       path));
	got = fread(read, 1, sizeof(read), file);
	fclose(file);
	while (got && (read[got - 1] == '\n' || read[got - 1] == '\r'))
		got--;
	x->token = text_copy(x->line->arena, (struct text){read, got});
	return OUTCOME_DONE;
}

static enum outcome find_token(struct exchange *x)
{
	const char *path = x->line->options[OPTION_TOKEN_FILE];
	const char *token = getenv("CONCORDAT_TOKEN");
	enum outcome outcome = OUTCOME_DONE;

	if (path)
		outcome = read_token_file(x, path);
	else if (token && token[0])
		x->token = text_of(token);
	else
		return say(x->line, OUTCOME_USAGE,
			   TEXT("Say as whom: --token-file FILE with a token in it, or "
				"CONCORDAT_TOKEN in the environment."));
	if (outcome || token_is_sound(x->token))
		return outcome;
	return say(x->line, OUTCOME_USAGE,
		   TEXT("That is no token. A token is one line of at most 200 characters."));
}

/* ---- the exchange ---- */

static size_t on_bytes(char *bytes, size_t size, size_t count, void *context)
{
	struct exchange *x = context;

	if (x->answer.len + size * count > ANSWER_MOST)
		return 0;
	writer_put(&x->answer, (struct text){bytes, size * count});
	return size * count;
}

static const char *address_of(struct exchange *x, const char *path,
			      const struct service_value *values)
{
	const char *mark = "?";
	struct writer w;
	char *value;

	writer_init(&w, x->line->arena);
	writer_printf(&w, "%.*s%s", TEXT_FMT(x->server), path);
	for (; values->name; values++) {
		if (!values->value)
			continue;
		value = curl_easy_escape(x->curl, values->value, 0);
		writer_printf(&w, "%s%s=%s", mark, values->name, value ? value : "");
		curl_free(value);
		mark = "&";
	}
	return text_cstr(x->line->arena, writer_text(&w));
}

/* In the service's own words, where it gave any. */
static enum outcome refused(struct exchange *x, long status)
{
	struct json_errors errors = {0};
	struct text detail =
		json_member(x->line->arena, writer_text(&x->answer), "detail", &errors);

	if (!detail.at)
		detail = text_printf(x->line->arena,
				     "The service answered %ld and did not say why. Check its "
				     "address, and try again.",
				     status);
	return say(x->line, status < 500 ? OUTCOME_REFUSED : OUTCOME_UNREACHABLE, detail);
}

/* NULL: there is no memory for them. */
static struct curl_slist *headers_of(struct exchange *x)
{
	struct arena *arena = x->line->arena;
	const struct text lines[] = {
		text_printf(arena, "Authorization: Bearer %.*s", TEXT_FMT(x->token)),
		x->sent ? text_printf(arena, "Content-Type: %s", x->sent->type) : TEXT_NONE,
		x->sent ? text_printf(arena, "Idempotency-Key: \"%s\"", x->sent->key) : TEXT_NONE,
	};
	struct curl_slist *headers = NULL, *longer;

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (!lines[i].at)
			continue;
		longer = curl_slist_append(headers, text_cstr(arena, lines[i]));
		if (!longer) {
			curl_slist_free_all(headers);
			return NULL;
		}
		headers = longer;
	}
	return headers;
}

static enum outcome ask(struct exchange *x, const char *address)
{
	struct arena *arena = x->line->arena;
	struct curl_slist *headers = headers_of(x);
	CURLcode code = CURLE_OUT_OF_MEMORY;
	long status = 0;

	if (headers) {
		curl_easy_setopt(x->curl, CURLOPT_URL, address);
		curl_easy_setopt(x->curl, CURLOPT_PROTOCOLS_STR, "http,https");
		curl_easy_setopt(x->curl, CURLOPT_HTTPHEADER, headers);
		curl_easy_setopt(x->curl, CURLOPT_TIMEOUT,
				 x->sent ? SECONDS_TO_POST_MOST : SECONDS_MOST);
		if (x->sent) {
			curl_easy_setopt(x->curl, CURLOPT_POSTFIELDS, x->sent->bytes.at);
			curl_easy_setopt(x->curl, CURLOPT_POSTFIELDSIZE_LARGE,
					 (curl_off_t)x->sent->bytes.len);
		}
		curl_easy_setopt(x->curl, CURLOPT_NOSIGNAL, 1L);
		curl_easy_setopt(x->curl, CURLOPT_WRITEFUNCTION, on_bytes);
		curl_easy_setopt(x->curl, CURLOPT_WRITEDATA, x);
		code = curl_easy_perform(x->curl);
	}
	curl_slist_free_all(headers);
	if (code != CURLE_OK)
		return say(x->line, OUTCOME_UNREACHABLE,
			   text_printf(arena,
				       "%.*s cannot be reached: %s. Check the address and that "
				       "the service runs.",
				       TEXT_FMT(x->server), curl_easy_strerror(code)));
	curl_easy_getinfo(x->curl, CURLINFO_RESPONSE_CODE, &status);
	return status == 200 || status == 201 ? OUTCOME_DONE : refused(x, status);
}

static enum outcome exchange(const struct command_line *line, const char *path,
			     const struct service_value *values, const struct service_body *sent,
			     struct text *body)
{
	struct exchange x = {.line = line, .sent = sent};
	enum outcome outcome = find_server(&x);

	writer_init(&x.answer, line->arena);
	if (!outcome)
		outcome = find_token(&x);
	if (outcome)
		return outcome;
	x.curl = curl_easy_init();
	if (!x.curl)
		return say(line, OUTCOME_UNREACHABLE,
			   TEXT("There is too little memory to ask the service."));
	outcome = ask(&x, address_of(&x, path, values));
	curl_easy_cleanup(x.curl);
	*body = writer_text(&x.answer);
	return outcome;
}

enum outcome service_get(const struct command_line *line, const char *path,
			 const struct service_value *values, struct text *body)
{
	return exchange(line, path, values, NULL, body);
}

enum outcome service_post(const struct command_line *line, const char *path,
			  const struct service_value *values, const struct service_body *sent,
			  struct text *body)
{
	return exchange(line, path, values, sent, body);
}

enum outcome service_all(const struct command_line *line, const char *path,
			 const struct service_value *values, struct text *items)
{
	struct service_value asked[SERVICE_VALUES] = {{NULL, NULL}};
	struct json_errors errors = {0};
	struct writer w;
	size_t count = 0;

	for (; values[count].name; count++)
		asked[count] = values[count];
	asked[count] = (struct service_value){"limit", "200"};
	writer_init(&w, line->arena);
	for (int page = 0; page < PAGES_MOST; page++) {
		struct text body, part, next;
		enum outcome outcome = service_get(line, path, asked, &body);

		if (outcome)
			return outcome;
		next = json_member(line->arena, body, "next", &errors);
		part = json_member_raw(line->arena, body, "items");
		if (part.len < 2 || part.at[0] != '[')
			return say(line, OUTCOME_UNREACHABLE,
				   TEXT("The service's answer cannot be read. This program may be "
					"older than the service: install the same version."));
		part = (struct text){part.at + 1, part.len - 2};
		writer_printf(&w, "%s%.*s", w.len && part.len ? "," : "", TEXT_FMT(part));
		if (!next.len)
			break;
		asked[count + 1] = (struct service_value){"after", text_cstr(line->arena, next)};
	}
	*items = writer_text(&w);
	return OUTCOME_DONE;
}
