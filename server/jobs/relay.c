/*
 * relay.c - SMTP through libcurl, and what a mail server's answer means.
 *
 * A 5xx to the recipient or the message is final. A refusal that is about us (authentication, TLS,
 * the sender, a greeting of 554) is no fault of the recipient's and is tried again, as is
 * everything that is not said at all. Within one try the next relay is asked only where one cannot
 * be reached or serves nobody just now, and was given nothing of the message: what a relay has
 * decided, or may have taken, is not asked of another. libcurl doubles the dots at a line's start.
 */
#include "relay.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define REACH_MS 10000L

static bool is_about_us(long code)
{
	return code == 530 || code == 534 || code == 535 || code == 538;
}

static size_t on_read(char *into, size_t size, size_t count, void *context)
{
	struct sending *s = context;
	size_t left = s->bytes.len - s->given;
	size_t room = size * count;

	if (room > left)
		room = left;
	memcpy(into, s->bytes.at + s->given, room);
	s->given += room;
	return room;
}

/* The server's lines; the last final one ("250 2.0.0 Ok") is kept. What answers QUIT says nothing.
 */
static size_t on_line(char *bytes, size_t size, size_t count, void *context)
{
	size_t len = size * count;

	if (len >= 4 && bytes[3] != '-' && memcmp(bytes, "221", 3) != 0)
		attempt_answer(context, bytes, len);
	return len;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
	(void)bytes;
	(void)context;
	return size * count;
}

static int on_progress(void *context, curl_off_t down_most, curl_off_t down, curl_off_t up_most,
		       curl_off_t up)
{
	struct attempt *attempt = context;

	(void)down_most;
	(void)down;
	(void)up_most;
	(void)up;
	return attempt->cut;
}

static curl_socket_t on_open(void *context, curlsocktype purpose, struct curl_sockaddr *to)
{
	struct sending *s = context;

	(void)purpose;
	s->fd = socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
	return s->fd;
}

static int on_close(void *context, curl_socket_t fd)
{
	struct sending *s = context;

	if (s->fd == fd)
		s->fd = -1;
	return close(fd);
}

/* libcurl says which command was answered only to who listens to what it sends. Once it says QUIT
 * all is decided, but it would wait two minutes for the answer, past its own limit: none comes. */
static int on_said(CURL *easy, curl_infotype type, char *bytes, size_t size, void *context)
{
	static const struct {
		const char *begins;
		enum relay_stage stage;
	} commands[] = {{"MAIL", RELAY_SENDER}, {"RCPT", RELAY_RECIPIENT}, {"DATA", RELAY_MESSAGE}};
	struct sending *s = context;

	(void)easy;
	for (size_t i = 0; type == CURLINFO_HEADER_OUT && size >= 4 && i < 3; i++)
		if (memcmp(bytes, commands[i].begins, 4) == 0)
			s->stage = commands[i].stage;
	if (type == CURLINFO_HEADER_OUT && size >= 4 && memcmp(bytes, "QUIT", 4) == 0 && s->fd >= 0)
		shutdown(s->fd, SHUT_RD);
	return 0;
}

#define SET(option, value)                                                \
	do {                                                              \
		if (!code)                                                \
			code = curl_easy_setopt(easy, (option), (value)); \
	} while (0)

static CURLcode set_security(CURL *easy, bool must, const struct relay *relay)
{
	CURLcode code = CURLE_OK;

	SET(CURLOPT_USE_SSL, (long)(must ? CURLUSESSL_ALL : CURLUSESSL_TRY));
	/* Where TLS is only hoped for, an unknown certificate is better than none; a password is
	 * still for the right server only. */
	if (!must && !relay->user[0]) {
		SET(CURLOPT_SSL_VERIFYPEER, 0L);
		SET(CURLOPT_SSL_VERIFYHOST, 0L);
	}
	if (relay->user[0]) {
		SET(CURLOPT_USERNAME, relay->user);
		SET(CURLOPT_PASSWORD, relay->password);
	}
	return code;
}

static CURLcode set_options(struct sending *s, CURL *easy, const struct relay *relay,
			    int64_t timeout_ms, struct curl_slist *to)
{
	const struct config *config = s->attempt->config;
	CURLcode code = set_security(easy, config->smtp_require_tls, relay);

	SET(CURLOPT_URL, relay->url);
	SET(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_QUICK_EXIT, 1L); /* no waiting for a name server that stalls */
	SET(CURLOPT_FORBID_REUSE, 1L);
	SET(CURLOPT_TIMEOUT_MS, (long)timeout_ms);
	SET(CURLOPT_OPENSOCKETFUNCTION, on_open);
	SET(CURLOPT_OPENSOCKETDATA, s);
	SET(CURLOPT_CLOSESOCKETFUNCTION, on_close);
	SET(CURLOPT_CLOSESOCKETDATA, s);
	SET(CURLOPT_MAIL_FROM, config->smtp_from);
	SET(CURLOPT_MAIL_RCPT, to);
	SET(CURLOPT_UPLOAD, 1L);
	SET(CURLOPT_READFUNCTION, on_read);
	SET(CURLOPT_READDATA, s);
	SET(CURLOPT_HEADERFUNCTION, on_line);
	SET(CURLOPT_HEADERDATA, s->attempt);
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_XFERINFOFUNCTION, on_progress);
	SET(CURLOPT_XFERINFODATA, s->attempt);
	SET(CURLOPT_NOPROGRESS, 0L);
	SET(CURLOPT_DEBUGFUNCTION, on_said);
	SET(CURLOPT_DEBUGDATA, s);
	SET(CURLOPT_VERBOSE, 1L);
	return code;
}

/* ---- what an answer means ---- */

static enum attempt_end judge(const struct sending *s, CURLcode result, long code)
{
	if (result == CURLE_OK)
		return ATTEMPT_TAKEN;
	if (code >= 500 && code < 600 && !is_about_us(code) && s->stage >= RELAY_RECIPIENT)
		return ATTEMPT_REFUSED;
	return ATTEMPT_LATER;
}

/* RFC 3463: "550 5.1.1 ..."; NULL when the answer has no such code. */
static const char *enhanced(const struct attempt *attempt, char status[8])
{
	size_t len = 0;

	while (len + 4 < attempt->answer_len && len < 7 &&
	       strchr("0123456789.", attempt->answer[4 + len])) {
		status[len] = attempt->answer[4 + len];
		len++;
	}
	status[len] = '\0';
	return len >= 5 && strchr("245", status[0]) && status[1] == '.' ? status : NULL;
}

/* 5.1.x is of the address and 5.2.1 of a closed mailbox; a full one (5.2.2, 552) is not gone, and
 * 5.7.x, like a 5xx to the message, says that something in it, or we, are not wanted. */
static enum address_news news_of(const struct sending *s, CURLcode result, long code)
{
	char status[8];
	const char *more = enhanced(s->attempt, status);

	if (result == CURLE_OK)
		return ADDRESS_TAKES;
	if (more && code >= 550 && (strncmp(more, "5.1.", 4) == 0 || strcmp(more, "5.2.1") == 0) &&
	    strcmp(more, "5.1.7") != 0 && strcmp(more, "5.1.8") != 0 && s->stage >= RELAY_RECIPIENT)
		return ADDRESS_PERMANENT;
	if (s->stage != RELAY_RECIPIENT || code < 400 || code == 421)
		return ADDRESS_UNKNOWN;
	if (code == 550 || code == 551 || code == 553)
		return !more || strncmp(more, "5.0.", 4) == 0 ? ADDRESS_PERMANENT : ADDRESS_UNKNOWN;
	return code < 500 || code == 552 ? ADDRESS_TEMPORARY : ADDRESS_UNKNOWN;
}

/* Nothing was given, and nothing decided about it. */
static bool may_ask_another(const struct sending *s, CURLcode result, long code)
{
	if (result == CURLE_OK || s->attempt->cut || s->given || s->stage == RELAY_MESSAGE)
		return false;
	if (code < 400)
		return true; /* not reached, no TLS, or lost */
	return code == 421 || (s->stage == RELAY_GREETING && !is_about_us(code));
}

/* No answer of the server's says how it ended. */
static void explain(struct attempt *attempt, const char *why)
{
	char line[ANSWER_MOST];
	int len = snprintf(line, sizeof(line), "%s: %s",
			   attempt->cut		? "The service stopped before the answer"
			   : attempt->all_given ? "No answer after the whole message was given"
						: "Not given to the mail server",
			   why);

	attempt_answer(attempt, line, len < (int)sizeof(line) ? (size_t)len : sizeof(line) - 1);
}

/* ---- one relay after another ---- */

/* False: another relay may be asked. */
static bool is_decided_by(struct sending *s, const struct relay *relay, int64_t timeout_ms,
			  struct curl_slist *to)
{
	struct attempt *attempt = s->attempt;
	CURL *easy = curl_easy_init();
	char error[CURL_ERROR_SIZE] = "";
	CURLcode result = CURLE_OUT_OF_MEMORY;
	long code = 0;

	s->given = 0;
	s->fd = -1;
	s->stage = RELAY_GREETING;
	attempt->answer_len = 0;
	if (easy && to)
		result = set_options(s, easy, relay, timeout_ms, to);
	if (!result) {
		curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error);
		result = curl_easy_perform(easy);
		curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &code);
	}
	curl_easy_cleanup(easy);
	attempt->all_given = s->given == s->bytes.len;
	attempt->end = judge(s, result, code);
	/* Without a failure a code is the last command's that was answered: no end of this. */
	attempt->status = result == CURLE_OK || code >= 400 ? code : 0;
	s->news = news_of(s, result, code);
	if (result != CURLE_OK && (code < 400 || !attempt->answer_len))
		explain(attempt, error[0] ? error : curl_easy_strerror(result));
	return !may_ask_another(s, result, code);
}

void relay_send(struct sending *s)
{
	struct attempt *attempt = s->attempt;
	int64_t until_ms = jobs_monotonic_us() / 1000 + attempt->timeout_ms;
	struct curl_slist *to = curl_slist_append(NULL, s->to);
	const struct relays *relays = &attempt->config->smtp_relays;

	for (size_t i = 0; i < relays->count; i++) {
		/* one that stalls leaves the others their share of the time */
		int64_t left_ms = until_ms - jobs_monotonic_us() / 1000;

		if (left_ms <= 0 || is_decided_by(s, &relays->at[i],
						  left_ms / (int64_t)(relays->count - i) + 1, to))
			break;
	}
	curl_slist_free_all(to);
}

static bool is_reachable(const struct config *config, const struct relay *relay,
			 struct attempt *attempt, char error[CURL_ERROR_SIZE])
{
	CURL *easy = curl_easy_init();
	CURLcode code =
		easy ? set_security(easy, config->smtp_require_tls, relay) : CURLE_OUT_OF_MEMORY;

	SET(CURLOPT_URL, relay->url);
	SET(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_TIMEOUT_MS, REACH_MS);
	SET(CURLOPT_CONNECT_ONLY, 1L);
	SET(CURLOPT_HEADERFUNCTION, on_line);
	SET(CURLOPT_HEADERDATA, attempt);
	SET(CURLOPT_ERRORBUFFER, error);
	if (!code)
		code = curl_easy_perform(easy);
	curl_easy_cleanup(easy);
	if (code && !error[0])
		snprintf(error, CURL_ERROR_SIZE, "%s", curl_easy_strerror(code));
	return !code;
}

bool jobs_mail_reachable(const struct config *config, struct arena *arena, struct text *why)
{
	const struct relays *relays = &config->smtp_relays;
	struct writer w;

	writer_init(&w, arena);
	for (size_t i = 0; i < relays->count; i++) {
		struct attempt attempt = {.config = config};
		char error[CURL_ERROR_SIZE] = "";

		if (is_reachable(config, &relays->at[i], &attempt, error))
			continue;
		writer_printf(&w, "%s%s: %s", w.len ? "; " : "", relays->at[i].url, error);
	}
	*why = writer_text(&w);
	return relays->count && !why->len;
}
