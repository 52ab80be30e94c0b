/*
 * message.h - the words that a party gets, and an e-mail's bytes. No I/O.
 *
 * Thin by rule: reference, what happened, what is due from whom by when, a link. Never a person's
 * name or anything personal, never a figure of money, never to a provider what is the
 * commissioner's own. A message about an entry is the same however much later it is written.
 */
#ifndef CONCORDAT_SERVER_JOBS_MESSAGE_H
#define CONCORDAT_SERVER_JOBS_MESSAGE_H

#include "concordat/core/home.h"

struct message {
	const char *kind;     /* the fact's name, "receipt" to the side that acted, or "reminder" */
	const char *template; /* whose words: the fact's name, "home_" and a home's, "reminder".. */
	int64_t version;      /* of these words */
	struct text subject;  /* one line */
	struct text body;     /* lines end in LF */
	struct text html;     /* the same words, as what stands inside a body element */
};

/* False when the party may not see the fact, or there is nothing that it may be told of it. */
bool message_of_fact(struct arena *arena, struct text public_url, const struct placement *placement,
		     const struct fact *fact, const struct party *party, struct message *out)
	__attribute__((warn_unused_result));
/* name: as obligation_reminder gives it, "2 working days before". */
bool message_of_reminder(struct arena *arena, struct text public_url,
			 const struct placement *placement, const struct obligation *obligation,
			 struct text name, const struct party *party, struct message *out)
	__attribute__((warn_unused_result));

/* The same of a home's record, for either side; name: the home's. */
void message_of_home_fact(struct arena *arena, struct text public_url, struct text name,
			  const struct home_record *record, const struct home_fact *fact,
			  enum side side, struct message *out);
/* For who owes it. when: as obligation_reminder gives it. */
void message_of_home_reminder(struct arena *arena, struct text public_url, struct text name,
			      struct uuid home, const struct obligation *due, struct text when,
			      struct message *out);

/* Of a caseload that was brought in, to a provider of several placements in it. placements: for
 * each a line "DUE REFERENCE", by when; DUE in microseconds, 0 when it waits for it no more. */
void message_of_import(struct arena *arena, struct text public_url, struct text authority,
		       struct text placements, struct message *out);

/* To the organisation whose webhook was disabled: it is gone, or has taken nothing for so many
 * days.
 */
void message_of_webhook(struct arena *arena, struct text public_url, struct uuid webhook, bool gone,
			int64_t days, struct message *out);

/* To an authority, of the bank holidays that it counts by; is_over: the last day is past. */
void message_of_calendar(struct arena *arena, struct text public_url, enum division division,
			 int32_t last_day, bool is_over, struct message *out);

/* Of a day, to who asked to be told of it once: how many messages, and their subjects, a line each,
 * the newest 200 of them. */
void message_of_digest(struct arena *arena, struct text public_url, int64_t count,
		       struct text subjects, struct message *out);

/* An e-mail: RFC 5322, CRLF throughout, text and HTML in quoted-printable. */
struct mail {
	struct text from, to; /* addresses */
	struct text subject, body;
	struct text html; /* empty: the text alone */
	struct uuid id;	  /* Message-ID: <id@host of from>, the same at every try */
	int64_t date_us;
};

/* One @, printable ASCII without space or angle brackets, at most 254 bytes. */
bool mail_address_is_sound(struct text address);
/* False when an address is not sound, or the subject holds a control character or is longer than
 * any of ours: a header cannot be broken out of. */
bool mail_write(struct arena *arena, const struct mail *mail, struct text *out)
	__attribute__((warn_unused_result));

#endif
