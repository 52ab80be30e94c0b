/*
 * webhook_send.c - one message to a program, signed, by HTTP through libcurl.
 *
 * Where it goes was somebody's wish, so nothing is trusted that the far side may choose: no
 * redirect is followed, the address that a name resolved to is judged as it is connected to, and
 * only the status of an answer counts - of its body so much is read as is polite, and none of it
 * is kept. What follows for the webhook (slowed down, disabled) is one statement afterwards.
 */
#include "webhook_send.h"

#include <curl/curl.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "queries.h"

#include "concordat/base/report.h"
#include "concordat/wire/address.h"
#include "concordat/wire/webhook.h"

#define ANSWER_BYTES_MOST ((size_t)64 * 1024) /* its head and its body */
#define BODY_WAIT_US US_PER_SECOND	      /* for the rest, once its head is there */
#define REST_MS INT64_C(60000)		      /* of one that asks for rest and not for how long */
#define REST_MOST_S (INT64_C(24) * 3600)

enum column { BODY = CLAIM_OWN, URL, STATE, SECRET, OLD_SECRET, NOW_S, WAS_ILL, IS_AFTER_DEATH };

/* ---- where to ---- */

static bool address_of(const struct sockaddr *from, struct address *out)
{
	*out = (struct address){.is_v6 = from->sa_family == AF_INET6};
	if (out->is_v6)
		memcpy(out->bytes, &((const struct sockaddr_in6 *)from)->sin6_addr, 16);
	else if (from->sa_family == AF_INET)
		memcpy(out->bytes, &((const struct sockaddr_in *)from)->sin_addr, 4);
	return out->is_v6 || from->sa_family == AF_INET;
}

/* A public one may be this machine's, where what listens within would answer. */
static bool is_own(const struct address *address)
{
	struct ifaddrs *all = NULL;
	struct address one;
	bool own = getifaddrs(&all) != 0;

	for (const struct ifaddrs *at = all; at && !own; at = at->ifa_next)
		own = at->ifa_addr && address_of(at->ifa_addr, &one) &&
		      memcmp(&one, address, sizeof(one)) == 0;
	freeifaddrs(all);
	return own;
}

/* Whether the address that a name resolved to is a public one; *word is what it is instead. */
static bool may_reach(const struct sockaddr *to, const char **word)
{
	struct address address;

	*word = "of no kind that is known here";
	if (!address_of(to, &address))
		return false;
	*word = address_not_public(&address);
	if (!*word && is_own(&address))
		*word = "this machine's own";
	return !*word;
}

static curl_socket_t on_socket(void *context, curlsocktype purpose, struct curl_sockaddr *to)
{
	struct webhook_sending *s = context;

	if (purpose != CURLSOCKTYPE_IPCXN)
		return CURL_SOCKET_BAD;
	if (!s->attempt->config->webhook_private_targets && !may_reach(&to->addr, &s->kept_out))
		return CURL_SOCKET_BAD;
	return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

/* ---- the answer ---- */

static bool is_too_much(struct webhook_sending *s, size_t more)
{
	s->taken += more;
	return s->taken > ANSWER_BYTES_MOST;
}

/* "HTTP/1.1 503 Service Unavailable" */
static void take_status(struct webhook_sending *s, const char *line, size_t size)
{
	const char *space = memchr(line, ' ', size);
	size_t before = space ? (size_t)(space - line) + 1 : size;

	s->status = 0;
	for (size_t i = before; i < size && i < before + 3 && line[i] >= '0' && line[i] <= '9'; i++)
		s->status = s->status * 10 + (line[i] - '0');
	attempt_answer(s->attempt, line + before, size - before);
}

static size_t on_line(char *bytes, size_t size, size_t count, void *context)
{
	struct webhook_sending *s = context;
	size_t len = size * count;

	if (is_too_much(s, len))
		return 0;
	if (len > 5 && memcmp(bytes, "HTTP/", 5) == 0)
		take_status(s, bytes, len);
	else if (len <= 2 && s->status >= 200)
		s->answered_us = jobs_monotonic_us();
	return len;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
	(void)bytes;
	return is_too_much(context, size * count) ? 0 : size * count;
}

static int on_progress(void *context, curl_off_t down_most, curl_off_t down, curl_off_t up_most,
		       curl_off_t up)
{
	struct webhook_sending *s = context;

	(void)down_most;
	(void)down;
	(void)up_most;
	(void)up;
	return s->attempt->cut ||
	       (s->answered_us && jobs_monotonic_us() - s->answered_us > BODY_WAIT_US);
}

static bool asks_for_rest(int64_t status)
{
	return status == 429 || status == 502 || status == 504;
}

static void judge(struct webhook_sending *s, CURL *easy, const char *error)
{
	struct attempt *a = s->attempt;
	curl_off_t sent = 0, rest_s = 0;
	char line[ANSWER_MOST];

	curl_easy_getinfo(easy, CURLINFO_SIZE_UPLOAD_T, &sent);
	a->all_given = (size_t)sent >= s->body.len;
	a->end = ATTEMPT_LATER;
	if (s->answered_us) {
		a->status = s->status;
		a->end = s->status / 100 == 2 ? ATTEMPT_TAKEN
			 : s->status == 410   ? ATTEMPT_REFUSED
					      : ATTEMPT_LATER;
		if (asks_for_rest(s->status) || s->status == 503)
			curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &rest_s);
		if (rest_s > 0)
			a->not_before_ms = (rest_s < REST_MOST_S ? rest_s : REST_MOST_S) * 1000;
		else if (asks_for_rest(s->status))
			a->not_before_ms = REST_MS;
		return;
	}
	if (a->cut)
		error = "The service stopped before there was an answer";
	else if (s->kept_out)
		snprintf(
			line, sizeof(line),
			"Not connected: its name led to an address that is %s, not to a public one",
			s->kept_out);
	else
		snprintf(line, sizeof(line), "No answer: %s", error);
	attempt_answer(a, a->cut ? error : line, strlen(a->cut ? error : line));
}

/* ---- the request ---- */

#define SET(option, value)                                                \
	do {                                                              \
		if (!code)                                                \
			code = curl_easy_setopt(easy, (option), (value)); \
	} while (0)

static CURLcode set_answer(struct webhook_sending *s, CURL *easy)
{
	CURLcode code = CURLE_OK;

	SET(CURLOPT_HEADERFUNCTION, on_line);
	SET(CURLOPT_HEADERDATA, s);
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_WRITEDATA, s);
	SET(CURLOPT_XFERINFOFUNCTION, on_progress);
	SET(CURLOPT_XFERINFODATA, s);
	SET(CURLOPT_NOPROGRESS, 0L);
	return code;
}

static CURLcode set_options(struct webhook_sending *s, CURL *easy, struct curl_slist *headers)
{
	bool private_too = s->attempt->config->webhook_private_targets != 0;
	CURLcode code = set_answer(s, easy);

	SET(CURLOPT_URL, s->url);
	SET(CURLOPT_PROTOCOLS_STR, private_too ? "http,https" : "https");
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_NOPROXY, "*");
	SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(CURLOPT_OPENSOCKETFUNCTION, on_socket);
	SET(CURLOPT_OPENSOCKETDATA, s);
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_QUICK_EXIT, 1L); /* no waiting for a name server that stalls */
	SET(CURLOPT_FORBID_REUSE, 1L);
	SET(CURLOPT_TIMEOUT_MS, (long)s->attempt->timeout_ms);
	SET(CURLOPT_USERAGENT, "Concordat/" CONCORDAT_VERSION);
	SET(CURLOPT_HTTPHEADER, headers);
	SET(CURLOPT_POSTFIELDS, s->body.at);
	SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)s->body.len);
	return code;
}

void webhook_run(struct attempt *attempt)
{
	struct webhook_sending *s = attempt->own;
	CURL *easy = curl_easy_init();
	struct curl_slist *headers = NULL, *longer;
	char error[CURL_ERROR_SIZE] = "";
	CURLcode result = easy ? CURLE_OK : CURLE_OUT_OF_MEMORY;

	s->attempt = attempt;
	for (size_t i = 0; i < WEBHOOK_HEADERS && s->headers[i] && !result; i++) {
		longer = curl_slist_append(headers, s->headers[i]);
		result = longer ? CURLE_OK : CURLE_OUT_OF_MEMORY;
		headers = longer ? longer : headers;
	}
	if (!result)
		result = set_options(s, easy, headers);
	if (!result) {
		s->is_tried = true;
		curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error);
		result = curl_easy_perform(easy);
	}
	judge(s, easy, error[0] ? error : curl_easy_strerror(result));
	curl_easy_cleanup(easy);
	curl_slist_free_all(headers);
}

/* ---- what is sent ---- */

/* With every secret that is good now, the newest first. */
static bool sign(struct jobs *jobs, struct attempt *attempt, const struct rows *rows, size_t row,
		 struct text *out)
{
	struct text id = uuid_text(attempt->arena, attempt->id), secret;
	int64_t now_s = row_int(rows, row, NOW_S, 0);
	struct writer w;

	writer_init(&w, attempt->arena);
	for (size_t column = SECRET; column <= OLD_SECRET; column++) {
		if (row_is_null(rows, row, column))
			continue;
		if (!secret_open(jobs->app, attempt->arena, "webhook", attempt->target,
				 row_text(rows, row, column), &secret) ||
		    !webhook_sign(&w, secret, id, now_s, row_text(rows, row, BODY)))
			return false;
	}
	*out = writer_text(&w);
	return true;
}

static bool webhook_prepare(struct jobs *jobs, struct attempt *attempt, const struct rows *rows,
			    size_t row, const char **why)
{
	struct arena *arena = attempt->arena;
	struct webhook_sending *s;
	struct text signature, sentence;

	*why = NOT_AFTER_DEATH;
	if (row_bool(rows, row, IS_AFTER_DEATH))
		return false;
	*why = "The webhook was removed";
	if (row_is_null(rows, row, URL))
		return false;
	*why = "The webhook is disabled";
	if (!text_is(row_text(rows, row, STATE), "active"))
		return false;
	*why = "The webhook's address may not be sent to";
	if (!target_is_sound(row_text(rows, row, URL),
			     attempt->config->webhook_private_targets != 0, &sentence))
		return false;
	*why = "The webhook's secret does not open with this master key";
	if (!sign(jobs, attempt, rows, row, &signature))
		return false;
	s = arena_make(arena, struct webhook_sending);
	s->was_ill = row_bool(rows, row, WAS_ILL);
	s->url = text_cstr(arena, row_text(rows, row, URL));
	s->body = text_copy(arena, row_text(rows, row, BODY));
	s->headers[0] = "content-type: application/cloudevents+json";
	s->headers[1] = "expect:"; /* libcurl's own: none */
	s->headers[2] =
		text_printf(arena, "webhook-id: %.*s", TEXT_FMT(uuid_text(arena, attempt->id))).at;
	s->headers[3] =
		text_printf(arena, "webhook-timestamp: %.*s", TEXT_FMT(row_text(rows, row, NOW_S)))
			.at;
	s->headers[4] = text_printf(arena, "webhook-signature: %.*s", TEXT_FMT(signature)).at;
	if (attempt->traceparent.at)
		s->headers[5] =
			text_printf(arena, "traceparent: %.*s", TEXT_FMT(attempt->traceparent)).at;
	attempt->own = s;
	return true;
}

/* ---- what follows ---- */

struct telling {
	struct jobs *jobs;
	struct arena *arena;
	struct uuid webhook;
};

static void on_told(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct telling *telling = context;
	char id[37];

	uuid_format(telling->webhook, id);
	if (outcome == STORE_DONE && rows->count)
		report(REPORT_WARNING, "jobs", "A webhook was disabled", "webhook", id, NULL);
	/* Unless it worked: the next try says the same again. */
	jobs_progress(telling->jobs);
	jobs_end(telling->jobs);
	arena_free(telling->arena);
}

static void webhook_recorded(struct jobs *jobs, const struct attempt *attempt)
{
	const struct webhook_sending *s = attempt->own;
	struct arena *arena;
	struct telling *telling;
	struct message message;
	struct param params[15];

	if (!s || !s->is_tried || attempt->cut || (attempt->end == ATTEMPT_TAKEN && !s->was_ill))
		return;
	arena = arena_new();
	telling = arena_make(arena, struct telling);
	*telling = (struct telling){jobs, arena, attempt->target};
	message_of_webhook(arena, text_of(jobs->config->public_url), attempt->target,
			   attempt->status == 410, jobs->config->webhook_disable_after_days,
			   &message);
	params[0] = param_uuid(arena, attempt->target);
	params[1] = param_bool(attempt->end == ATTEMPT_TAKEN);
	params[2] = param_bool(attempt->status == 410);
	params[3] = attempt->not_before_ms ? param_int(arena, attempt->not_before_ms)
					   : PARAM(TEXT_NONE);
	params[4] = param_int(arena, jobs->config->webhook_disable_after_days);
	params[5] = param_uuid(arena, uuid_new(app_now_us(jobs->app)));
	params[6] = jobs->config->smtp_url[0] ? param_uuid(arena, uuid_new(app_now_us(jobs->app)))
					      : PARAM(TEXT_NONE);
	params[7] = PARAM(message.subject);
	params[8] = PARAM(message.body);
	params[9] = param_instant(arena, app_now_us(jobs->app));
	params[10] = PARAM(message.html);
	params[11] = PARAM(text_of(message.template));
	params[12] = param_int(arena, message.version);
	params[13] = PARAM(text_of(s->url));
	params[14] = param_int(arena, (int64_t)jobs->config->webhook_retries.count);
	jobs_begin(jobs);
	store_work(jobs->store, arena, SQL_WEBHOOK_TRIED, params, 15, on_told, telling);
}

static int64_t webhook_retry_ms(const struct config *config, int64_t number)
{
	const struct spans *waits = &config->webhook_retries;

	return (size_t)number <= waits->count ? waits->ms[number - 1] : NEVER_MS;
}

const struct message_channel webhook_channel = {
	.name = "webhook",
	.claim = &SQL_WEBHOOK_CLAIM,
	.prepare = webhook_prepare,
	.run = webhook_run,
	.recorded = webhook_recorded,
	.retry_ms = webhook_retry_ms,
};
