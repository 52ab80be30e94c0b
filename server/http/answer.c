/*
 * answer.c - the head of an answer, as bytes.
 *
 * Reason phrases are constants and header values are checked, so that nothing a
 * client sent can end a line here. Content-Length, Date, Connection and
 * X-Request-Id are ours to add.
 */
#include "answer.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

static const struct {
	int status;
	const char *phrase;
} phrases[] = {
	{200, "OK"},
	{201, "Created"},
	{202, "Accepted"},
	{204, "No Content"},
	{301, "Moved Permanently"},
	{302, "Found"},
	{303, "See Other"},
	{304, "Not Modified"},
	{307, "Temporary Redirect"},
	{308, "Permanent Redirect"},
	{400, "Bad Request"},
	{401, "Unauthorized"},
	{403, "Forbidden"},
	{404, "Not Found"},
	{405, "Method Not Allowed"},
	{406, "Not Acceptable"},
	{408, "Request Timeout"},
	{409, "Conflict"},
	{410, "Gone"},
	{412, "Precondition Failed"},
	{413, "Content Too Large"},
	{414, "URI Too Long"},
	{415, "Unsupported Media Type"},
	{417, "Expectation Failed"},
	{422, "Unprocessable Content"},
	{423, "Locked"},
	{428, "Precondition Required"},
	{429, "Too Many Requests"},
	{431, "Request Header Fields Too Large"},
	{500, "Internal Server Error"},
	{501, "Not Implemented"},
	{502, "Bad Gateway"},
	{503, "Service Unavailable"},
	{504, "Gateway Timeout"},
	{505, "HTTP Version Not Supported"},
};

/* The server adds these; a handler that does too would send them twice. */
static const char *const ours[] = {"content-length", "date", "connection", "x-request-id",
				   "transfer-encoding"};

static const char *phrase_of(int status)
{
	for (size_t i = 0; i < sizeof(phrases) / sizeof(*phrases); i++)
		if (phrases[i].status == status)
			return phrases[i].phrase;
	assert(!"a status without a phrase");
	return "";
}

static void check_header(const struct http_header *header)
{
	assert(header->name.len > 0);
	for (size_t i = 0; i < header->name.len; i++)
		assert(header->name.at[i] > ' ' && header->name.at[i] < 0x7f &&
		       header->name.at[i] != ':');
	for (size_t i = 0; i < header->value.len; i++)
		assert(header->value.at[i] != '\r' && header->value.at[i] != '\n' &&
		       header->value.at[i] != '\0');
	for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++)
		assert(header->name.len != strlen(ours[i]) ||
		       strncasecmp(header->name.at, ours[i], header->name.len) != 0);
}

/* Not strftime, whose names follow the locale. */
static const char *date_text(struct date_cache *cache, int64_t unix_second)
{
	static const char days[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
					 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	time_t second = (time_t)unix_second;
	struct tm tm;

	if (cache->text[0] && cache->second == unix_second)
		return cache->text;
	gmtime_r(&second, &tm);
	snprintf(cache->text, sizeof(cache->text), "%s, %02u %s %04u %02u:%02u:%02u GMT",
		 days[tm.tm_wday], (unsigned)tm.tm_mday % 100, months[tm.tm_mon],
		 (unsigned)(tm.tm_year + 1900) % 10000, (unsigned)tm.tm_hour % 100,
		 (unsigned)tm.tm_min % 100, (unsigned)tm.tm_sec % 100);
	cache->second = unix_second;
	return cache->text;
}

bool answer_has_body(int status)
{
	return status >= 200 && status != 204 && status != 304;
}

struct text answer_head(struct arena *arena, const struct answer *answer, int64_t unix_second,
			struct date_cache *date)
{
	struct writer w;

	writer_init(&w, arena);
	writer_puts(&w, "HTTP/1.1 ");
	writer_int(&w, answer->status);
	writer_char(&w, ' ');
	writer_puts(&w, phrase_of(answer->status));
	writer_puts(&w, "\r\nDate: ");
	writer_puts(&w, date_text(date, unix_second));
	writer_puts(&w, "\r\nX-Request-Id: ");
	writer_put(&w, answer->request_id);
	for (size_t i = 0; i < answer->header_count; i++) {
		check_header(&answer->headers[i]);
		writer_puts(&w, "\r\n");
		writer_put(&w, answer->headers[i].name);
		writer_puts(&w, ": ");
		writer_put(&w, answer->headers[i].value);
	}
	if (answer_has_body(answer->status) && !answer->endless) {
		writer_puts(&w, "\r\nContent-Length: ");
		writer_int(&w, (int64_t)answer->body_size);
	}
	if (answer->close) {
		writer_puts(&w, "\r\nConnection: close");
	} else {
		writer_puts(&w, "\r\nConnection: keep-alive\r\nKeep-Alive: timeout=");
		writer_int(&w, answer->keep_seconds);
	}
	writer_puts(&w, "\r\n\r\n");
	return writer_text(&w);
}
