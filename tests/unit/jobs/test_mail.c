/*
 * test_mail.c - an e-mail's bytes: no header can be broken out of, and lines end in CRLF.
 */
#include <cmocka.h>
#include <string.h>

#include "jobs/message.h"

static struct mail mail_to(struct text to)
{
	return (struct mail){
		.from = TEXT("concordat@council.example"),
		.to = to,
		.subject = TEXT("PL-1000047-P: offer made"),
		.body = TEXT("One\n.two = £3 \n"),
		.id = {{0x01, 0x99}},
		.date_us = INT64_C(1776073445) * US_PER_SECOND,
	};
}

static bool has(struct text t, const char *words)
{
	return memmem(t.at, t.len, words, strlen(words)) != NULL;
}

static void headers_and_body_are_written_as_they_must_be(void **state)
{
	struct arena *arena = arena_new();
	struct mail mail = mail_to(TEXT("fees@provider.example"));
	struct text out;

	(void)state;
	assert_true(mail_write(arena, &mail, &out));
	assert_true(
		has(out, "From: <concordat@council.example>\r\nTo: <fees@provider.example>\r\n"));
	assert_true(has(out, "\r\nSubject: PL-1000047-P: offer made\r\n"));
	assert_true(has(out, "\r\nDate: Mon, 13 Apr 2026 09:44:05 +0000\r\n"));
	assert_true(has(out,
			"\r\nMessage-ID: <01990000-0000-0000-0000-000000000000@council.example>"
			"\r\n"));
	assert_true(has(out, "\r\n\r\nOne\r\n=2Etwo =3D =C2=A33=20\r\n"));
	arena_free(arena);
}

static void every_line_ends_in_crlf_and_is_short(void **state)
{
	struct arena *arena = arena_new();
	struct mail mail = mail_to(TEXT("fees@provider.example"));
	char body[4000];
	struct text out;
	size_t since = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(body); i++)
		body[i] = (char)(i % 7 == 0 ? '\r' : i % 11 == 0 ? ' ' : i % 613 == 0 ? '\n' : 'x');
	mail.body = (struct text){body, sizeof(body)};
	assert_true(mail_write(arena, &mail, &out));
	for (size_t i = 0; i < out.len; i++) {
		if (out.at[i] == '\n') {
			assert_true(i > 0 && out.at[i - 1] == '\r');
			since = 0;
			continue;
		}
		assert_true(out.at[i] != '\r' || (i + 1 < out.len && out.at[i + 1] == '\n'));
		assert_true(++since <= 78);
	}
	arena_free(arena);
}

static void an_address_that_ends_a_header_is_refused(void **state)
{
	static const struct text bad[] = {
		{"a@b.example\r\nBcc: c@d.example", 30},
		{"a@b.example\n", 12},
		{"a@b.example\0", 12},
		{"a b@c.example", 13},
		{"<a@b.example>", 13},
		{"a@b@c.example", 13},
		{"nobody", 6},
		{"@b.example", 10},
		{"a@", 2},
		{"a,b@c.example", 13},
		{"a@b.example\rDATA", 16},
		{"a@b.example>\r\n.\r\n", 17},
		{"\"a\"@b.example", 13},
		{"a@b.example\x7f", 12},
		{"\xc3\xa9@b.example", 12},
		{"", 0},
	};
	struct arena *arena = arena_new();
	struct text out;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct mail mail = mail_to(bad[i]);

		assert_false(mail_address_is_sound(bad[i]));
		assert_false(mail_write(arena, &mail, &out));
	}
	arena_free(arena);
}

static void a_subject_with_a_control_character_is_refused(void **state)
{
	struct arena *arena = arena_new();
	struct mail mail = mail_to(TEXT("fees@provider.example"));
	struct text out;

	(void)state;
	mail.subject = TEXT("x\r\nBcc: c@d.example");
	assert_false(mail_write(arena, &mail, &out));
	mail.subject = (struct text){"x\0y", 3};
	assert_false(mail_write(arena, &mail, &out));
	arena_free(arena);
}

static void a_subject_beyond_ascii_is_an_encoded_word(void **state)
{
	struct arena *arena = arena_new();
	struct mail mail = mail_to(TEXT("fees@provider.example"));
	struct text out;

	(void)state;
	mail.subject = TEXT("Tŷ Gwyn");
	assert_true(mail_write(arena, &mail, &out));
	assert_true(has(out, "\r\nSubject: =?utf-8?B?VMW3IEd3eW4=?=\r\n"));
	arena_free(arena);
}

static void text_and_html_stand_beside_each_other(void **state)
{
	struct arena *arena = arena_new();
	struct mail mail = mail_to(TEXT("fees@provider.example"));
	struct text out, again;

	(void)state;
	mail.subject = TEXT("Alder & <Ash>");
	mail.html = TEXT("<p>One</p>\n");
	assert_true(mail_write(arena, &mail, &out));
	assert_true(has(out,
			"\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: "
			"multipart/alternative;\r\n "
			"boundary=\"=_01990000-0000-0000-0000-000000000000\"\r\n\r\n"
			"--=_01990000-0000-0000-0000-000000000000\r\n"
			"Content-Type: text/plain; charset=utf-8\r\n"));
	assert_true(has(out, "Content-Type: text/html; charset=utf-8\r\n"
			     "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
			     "<!doctype html>\r\n<html lang=3D\"en-GB\">\r\n"));
	assert_true(has(out, "<title>Alder &#38; &#60;Ash&#62;</title>"));
	assert_true(has(out, "<body>\r\n<p>One</p>\r\n</body>\r\n</html>\r\n\r\n"
			     "--=_01990000-0000-0000-0000-000000000000--\r\n"));
	assert_true(mail_write(arena, &mail, &again));
	assert_true(text_eq(out, again));
	arena_free(arena);
}

/* The hostile body in both forms: nothing of it stands where a header, a boundary or an end of the
 * message would. */
static void no_body_ends_a_message_or_a_part(void **state)
{
	static const char *const hostile[] = {
		".",
		"\r\n.\r\nMAIL FROM:<a@b.example>\r\n",
		"\n.\n..\n",
		"--=_01990000-0000-0000-0000-000000000000--",
		"\n--=_01990000-0000-0000-0000-000000000000\nContent-Type: text/html\n\n<script>",
		"From one to another",
		"\n\nBcc: c@d.example\n"};
	struct arena *arena = arena_new();
	struct text out;

	(void)state;
	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		struct mail mail = mail_to(TEXT("fees@provider.example"));
		size_t boundaries = 0;

		mail.body = mail.html = text_of(hostile[i]);
		assert_true(mail_write(arena, &mail, &out));
		assert_false(has(out, "\r\n."));
		for (size_t at = 0; at + 41 < out.len; at++)
			boundaries += memcmp(out.at + at, "\r\n--=_0199", 10) == 0;
		assert_int_equal(boundaries, 3);
	}
	arena_free(arena);
}

static void a_line_of_a_megabyte_is_written_in_short_ones(void **state)
{
	struct arena *arena = arena_new();
	struct mail mail = mail_to(TEXT("fees@provider.example"));
	size_t size = 1 << 20, since = 0;
	char *line = arena_alloc(arena, size);
	struct text out;

	(void)state;
	memset(line, '.', size);
	mail.body = mail.html = (struct text){line, size};
	assert_true(mail_write(arena, &mail, &out));
	for (size_t i = 0; i < out.len; i++) {
		since = out.at[i] == '\n' ? 0 : since + 1;
		if (since > 77)
			fail_msg("a line is longer than 76");
	}
	mail.subject = mail.body;
	assert_false(mail_write(arena, &mail, &out));
	arena_free(arena);
}

static void a_long_subject_and_one_like_an_encoded_word_are_encoded(void **state)
{
	static const struct text subjects[] = {{"=?utf-8?Q?x=0D=0ABcc:_c@d.example?=", 34},
					       {"A home whose name is longer than what a header's "
						"line may well be, as some of them are",
						86}};
	struct arena *arena = arena_new();
	struct text out;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct mail mail = mail_to(TEXT("fees@provider.example"));
		size_t since = 0;

		mail.subject = subjects[i];
		assert_true(mail_write(arena, &mail, &out));
		assert_true(has(out, "\r\nSubject: =?utf-8?B?"));
		assert_false(has(out, "?Q?") || has(out, "longer"));
		for (size_t at = 0; at < out.len; at++) {
			since = out.at[at] == '\n' ? 0 : since + 1;
			assert_true(since <= 77);
		}
	}
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers_and_body_are_written_as_they_must_be),
		cmocka_unit_test(every_line_ends_in_crlf_and_is_short),
		cmocka_unit_test(an_address_that_ends_a_header_is_refused),
		cmocka_unit_test(a_subject_with_a_control_character_is_refused),
		cmocka_unit_test(a_subject_beyond_ascii_is_an_encoded_word),
		cmocka_unit_test(text_and_html_stand_beside_each_other),
		cmocka_unit_test(no_body_ends_a_message_or_a_part),
		cmocka_unit_test(a_line_of_a_megabyte_is_written_in_short_ones),
		cmocka_unit_test(a_long_subject_and_one_like_an_encoded_word_are_encoded),
	};

	return cmocka_run_group_tests_name("mail", tests, NULL, NULL);
}
