/*
 * mail.c - a message as the bytes of an e-mail.
 *
 * Every header's value is checked or encoded before it is written, so that no input ends a line:
 * what cannot be written safely is refused, never mended. The bodies are quoted-printable, in which
 * no line is long, begins with a dot, or can be taken for the boundary.
 */
#include <string.h>

#include "message.h"

#define ADDRESS_MOST 254
#define SUBJECT_MOST 1000
#define LINE_MOST 76
#define SUBJECT_LINE (LINE_MOST - (sizeof("Subject: ") - 1))

static const char *const weekday_short[] = {"", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
static const char *const month_short[] = {"",	 "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

bool mail_address_is_sound(struct text address)
{
	const char *at = address.len ? memchr(address.at, '@', address.len) : NULL;

	if (!at || at == address.at || at == address.at + address.len - 1 ||
	    address.len > ADDRESS_MOST)
		return false;
	for (size_t i = 0; i < address.len; i++) {
		char c = address.at[i];

		if (c <= ' ' || c > '~' || strchr("<>()[]\\,;:\"", c))
			return false;
		if (c == '@' && address.at + i != at)
			return false;
	}
	return true;
}

static bool is_one_line(struct text t)
{
	for (size_t i = 0; i < t.len; i++)
		if ((unsigned char)t.at[i] < ' ' || t.at[i] == 127)
			return false;
	return text_is_utf8(t);
}

/* Goes on one line as it is, and cannot be taken for an encoded word. */
static bool is_plain(struct text t)
{
	for (size_t i = 0; i < t.len; i++)
		if ((unsigned char)t.at[i] > 126)
			return false;
	return t.len && t.len <= SUBJECT_LINE && t.at[0] != ' ' && t.at[t.len - 1] != ' ' &&
	       !memmem(t.at, t.len, "=?", 2);
}

/* RFC 2047, in pieces of at most 39 bytes that do not cut a character. */
static void put_encoded(struct writer *w, struct text t)
{
	size_t from = 0;

	while (from < t.len) {
		size_t size = t.len - from < 39 ? t.len - from : 39;

		while (from + size < t.len && ((unsigned char)t.at[from + size] & 0xC0) == 0x80)
			size--;
		writer_printf(w, "%s=?utf-8?B?%.*s?=", from ? "\r\n " : "",
			      TEXT_FMT(text_base64(w->arena, t.at + from, size)));
		from += size;
	}
}

static void put_date(struct writer *w, int64_t at_us)
{
	int64_t seconds = at_us / US_PER_SECOND;
	int32_t day = (int32_t)(seconds / 86400);
	struct civil civil = civil_of(day);
	int32_t rest = (int32_t)(seconds % 86400);

	writer_printf(w, "Date: %s, %d %s %d %02d:%02d:%02d +0000\r\n",
		      weekday_short[weekday_of(day)], civil.day, month_short[civil.month],
		      civil.year, rest / 3600, rest / 60 % 60, rest % 60);
}

/* RFC 2045: a space is encoded only where a line ends behind it; a dot where one begins, which not
 * every relay doubles. */
static void put_quoted(struct writer *w, struct text body)
{
	size_t column = 0;

	for (size_t i = 0; i < body.len; i++) {
		unsigned char c = (unsigned char)body.at[i];
		bool ends = i + 1 == body.len || body.at[i + 1] == '\n';
		bool plain = (c > ' ' && c <= '~' && c != '=') || (c == ' ' && !ends);
		bool breaks = column + (plain ? 1 : 3) > LINE_MOST - 1;

		if (c == '\n') {
			writer_puts(w, "\r\n");
			column = 0;
			continue;
		}
		if (breaks) {
			writer_puts(w, "=\r\n");
			column = 0;
		}
		plain = plain && !(c == '.' && column == 0);
		if (plain)
			writer_char(w, (char)c);
		else
			writer_printf(w, "=%02X", c);
		column += plain ? 1 : 3;
	}
	if (column)
		writer_puts(w, "\r\n");
}

static void put_part(struct writer *w, const char *type, struct text body)
{
	writer_printf(w,
		      "Content-Type: text/%s; charset=utf-8\r\n"
		      "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
		      type);
	put_quoted(w, body);
}

static void put_escaped_title(struct writer *w, struct text t)
{
	for (size_t i = 0; i < t.len; i++)
		if (strchr("&<>", t.at[i]))
			writer_printf(w, "&#%d;", t.at[i]);
		else
			writer_char(w, t.at[i]);
}

/* Fetches nothing and says the text's words. */
static struct text document_of(struct arena *arena, const struct mail *mail)
{
	struct writer w;

	writer_init(&w, arena);
	writer_puts(&w, "<!doctype html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n"
			"<meta name=\"viewport\" content=\"width=device-width\">\n<title>");
	put_escaped_title(&w, mail->subject);
	writer_printf(&w, "</title>\n</head>\n<body>\n%.*s</body>\n</html>\n",
		      TEXT_FMT(mail->html));
	return writer_text(&w);
}

/* A "=_" is in no quoted-printable line: the boundary is in neither body. */
static void put_both(struct writer *w, const struct mail *mail, const char *id)
{
	writer_printf(
		w, "Content-Type: multipart/alternative;\r\n boundary=\"=_%s\"\r\n\r\n--=_%s\r\n",
		id, id);
	put_part(w, "plain", mail->body);
	writer_printf(w, "\r\n--=_%s\r\n", id);
	put_part(w, "html", document_of(w->arena, mail));
	writer_printf(w, "\r\n--=_%s--\r\n", id);
}

bool mail_write(struct arena *arena, const struct mail *mail, struct text *out)
{
	struct text host;
	struct writer w;
	const char *at;
	char id[37];

	if (!mail_address_is_sound(mail->from) || !mail_address_is_sound(mail->to) ||
	    mail->subject.len > SUBJECT_MOST || !is_one_line(mail->subject))
		return false;
	at = memchr(mail->from.at, '@', mail->from.len);
	host = (struct text){at + 1, mail->from.len - (size_t)(at + 1 - mail->from.at)};
	uuid_format(mail->id, id);
	writer_init(&w, arena);
	writer_printf(&w, "From: <%.*s>\r\nTo: <%.*s>\r\nSubject: ", TEXT_FMT(mail->from),
		      TEXT_FMT(mail->to));
	if (is_plain(mail->subject))
		writer_put(&w, mail->subject);
	else
		put_encoded(&w, mail->subject);
	writer_puts(&w, "\r\n");
	put_date(&w, mail->date_us);
	writer_printf(&w,
		      "Message-ID: <%s@%.*s>\r\nAuto-Submitted: auto-generated\r\n"
		      "MIME-Version: 1.0\r\n",
		      id, TEXT_FMT(host));
	if (mail->html.len)
		put_both(&w, mail, id);
	else
		put_part(&w, "plain", mail->body);
	*out = writer_text(&w);
	return true;
}
