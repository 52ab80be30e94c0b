/*
 * placement.h - facts, and the placement they fold into.
 *
 * A fact is immutable. A placement is what its facts say and nothing else; placement_apply is the
 * only writer of that state. Both live in arenas: a placement in its own, facts in the same or a
 * longer-lived one.
 */
#ifndef CONCORDAT_CORE_PLACEMENT_H
#define CONCORDAT_CORE_PLACEMENT_H

#include "concordat/core/entries.h"

struct actor {
	struct uuid user, organisation; /* zero for time */
	enum side side;
	unsigned roles; /* bits 1 << enum role */
};

struct fact {
	int32_t seq;
	enum fact_kind kind;
	int64_t recorded_at_us, occurred_at_us;
	struct uuid user, organisation;
	int32_t side;		   /* enum side */
	int32_t on_behalf_of;	   /* enum side, or NO_ENUM */
	struct evidence evidence;  /* that they said it; only with on_behalf_of */
	struct text protocol;	   /* "standard/1" */
	int64_t round, thread;	   /* 0: the placement as a whole */
	struct list opens;	   /* struct opened */
	struct list closes;	   /* struct closed */
	struct list changes;	   /* struct due_change */
	const void *data;	   /* by move_schema((enum move)kind) */
	struct digest header_hash; /* SHA-256(0x00 || header): the leaf, and the next one's prev;
				      zero until stored */
};

/* A fact's canonical body (RFC 8785), personal members as digests. */
struct text fact_body(struct arena *arena, const struct fact *fact);
/* What one side may see of it: null-free JSON of kind, times, actor's side, data, obligations. */
void fact_render(struct writer *w, const struct fact *fact, enum audience audience);
/* The canonical header and its body's salted digest. prev: hash of the stream's previous header,
 * zero for the first. */
struct text fact_header(struct arena *arena, struct uuid authority, struct uuid stream,
			const struct fact *fact, const struct digest *prev, const uint8_t nonce[16],
			struct text body);

/* The terms that a fact holds: of an offer made. NULL for every other kind. */
const struct terms *fact_terms(const struct fact *fact);

struct obligation {
	int32_t entry, n; /* opening fact's seq, and its number there: together the id */
	enum duty duty;
	enum side owed_by; /* SIDE_EITHER: a right; SIDE_TIME: nobody owes it, it runs out */
	int64_t thread;
	int64_t subject;
	struct rule rule;
	int64_t anchor_us;
	int32_t calendar_version;
	struct pause *pauses;
	size_t pause_count;
	int64_t due_at_us; /* NEVER_US while paused */
	int32_t nominal_day, due_day;
	bool provisional;
	enum obligation_state state;
	int64_t opened_at_us, missed_at_us, closed_at_us; /* NEVER_US: not yet */
	int32_t changed_entry;				  /* the last fact that touched it */
	int64_t not_served_us; /* since when its notice is known to have reached nobody, and its
				  clock has no date; NEVER_US: it is served */
	int32_t served_entry;  /* the fact that served it after that; 0: none */
};

struct offer {
	int64_t number; /* 1.. in its thread */
	int32_t entry;	/* the fact's seq */
	enum side side;
	enum offer_state state;
	bool sealed; /* of a mini-competition, until the closing instant's own move opens it; for
			ever when it was taken back before */
	int64_t made_at_us;
	const struct make_offer *data;
};

struct question {
	int64_t number;
	int32_t entry;
	enum side asker;
	bool answered;
	bool expired; /* no longer waited for: the asker's clocks go on; it can still be answered */
};

/* By consent of both; the clocks of its strand are paused while it lasts. */
struct mediation {
	enum mediation_state state;
	enum side proposed_by;
	struct uuid nominee; /* zero: nobody is named */
	enum side nominated_by;
	struct uuid mediator;	/* zero: none yet */
	int32_t mediator_entry; /* the fact that made it the mediator */
	int32_t ended_entry;	/* 0: not over */
	int64_t settlement;	/* the offer's number, 0: none proposed */
	bool accepted_by_commissioner, accepted_by_provider;
};

struct thread {
	int64_t number; /* 1.. in the placement */
	int64_t round;
	enum thread_state state;
	struct uuid provider, home;
	int32_t invited_entry;
	int32_t ended_entry; /* 0: not over */
	bool acknowledged;
	int32_t wanted_start_day;
	int32_t closes_day; /* of a mini-competition; NO_DAY: a single invitation */
	bool sealed;	    /* offers made now are, until the closing instant */
	bool chosen;	    /* among several, or invited alone: it is negotiated with */
	bool identity_shared;
	bool takes_over;	    /* from another provider, by novation */
	struct mediation mediation; /* the latest */
	enum side turn;		    /* whose offer it is; SIDE_EITHER: either side's */
	struct offer *offers;
	size_t offer_count;
	struct question *questions;
	size_t question_count;
};

/* The first leads to an agreement; later ones run while an agreement is in force, one at a time. */
struct round {
	int64_t number;
	enum round_kind kind;
	bool open;
	enum stage stage;     /* how far it has come; in_force: signed, ended: over without */
	int64_t thread;	      /* of a later round, with the agreement's provider; 0: the first */
	int32_t opened_entry; /* the fact that opened it */
	bool panel_pending;
	bool panel_approved;
	int64_t limit_weekly_p; /* NO_INT: none */
	struct uuid approver;
};

/* More time for one obligation, asked for by one side; of one strand, as the obligation is. */
struct extension {
	int64_t thread;
	int64_t number; /* 1.. in its thread */
	int32_t entry;	/* the fact that asked */
	int32_t obligation_entry, n;
	int64_t more; /* of the timescale's own units, as they were then: */
	enum unit unit;
	enum side asked_by;
	enum extension_state state;
	bool removal_by_commissioner, removal_by_provider; /* who asks to take it back */
};

/* A version of what is agreed. On any day the newest version that covers it is in force. */
struct agreement {
	int64_t number;
	enum agreement_basis basis;
	int64_t thread;
	int32_t entry;	     /* the fact that made it: the second signature */
	int32_t terms_entry; /* the fact that holds its terms: the offer */
	int64_t corrects;    /* the version that it corrects; 0: none */
	int64_t rests_on;    /* the signed or existing one whose terms it is or carries on */
	int32_t from_day;
	int32_t to_day;	       /* the last one it covers; NO_DAY: until another version does */
	int32_t paid_from_day; /* of an uplift; NO_DAY, or no later than it is known: at once */
	const struct terms *terms;
	struct digest terms_digest;
};

struct calculation {
	int32_t entry;
	const struct calculate *data;
};

struct involvement {
	int32_t entry;
	enum involvement_purpose purpose;
	enum took_part took_part;
	int64_t at_us;
};

/* Entries between two, both left out. */
struct party_gap {
	int32_t after, before;
};

struct party {
	struct uuid organisation;
	enum side side;
	int64_t thread; /* 0: commissioner, representative, co-payer */
	int64_t since_us;
	int32_t until_entry; /* a mediator's last: the end of its mediation; a representative's: its
				release; of a provider that was asked to take over and never did:
				the end of that; a co-payer's: the last while it paid; 0: no end */
	int32_t version;     /* visible facts that change terms, stage or obligations */
	int32_t entries;     /* visible facts */
	/* of a co-payer (apply_co_payers.c): */
	struct list shares; /* struct payer_share (account.h): what it pays by day, as now known */
	int32_t last_night; /* that it pays for; NO_DAY: no end is known */
	int32_t *told;	    /* the entries that changed its shares */
	size_t told_count;
	struct party_gap *gaps; /* in which it paid nothing, before it was named again */
	size_t gap_count;
};

struct review {
	int32_t entry;
	const struct hold_review *data;
};

/* To end the care; one stands at a time. */
struct end_notice {
	int32_t entry; /* 0: none was given */
	enum side side;
	int32_t end_day;
};

/* The latest change of provider that is proposed and not done. */
struct novation {
	int32_t entry; /* 0: none */
	enum side proposed_by;
	struct uuid from;   /* the provider that gives the care up */
	int64_t new_thread; /* of the one that takes over, once both sides stand by it; 0 before */
	const struct novate *data;
};

/* Of one side about the other; numbered for the commissioner and that provider. */
struct complaint {
	int64_t number;
	struct uuid provider;
	int32_t entry;
	enum side raised_by;
	enum complaint_state state;
	struct uuid answered_by; /* zero: nobody has yet */
};

/* What is paid until terms are signed; one counts once the other side has entered the same. */
struct interim {
	int64_t thread;
	int32_t entry;	      /* the fact that put it */
	int32_t agreed_entry; /* the other side's; 0: not agreed */
	enum side side;	      /* who put it */
	int64_t weekly_p;
	enum interim_basis basis;
	int32_t from_day;
};

struct funding_change {
	int32_t entry;
	const struct change_funding *data;
};

struct top_up {
	int32_t entry;
	const struct sign_top_up *data;
};

struct absence {
	int32_t entry;
	int32_t ended_entry; /* 0: not ended by an entry of its own */
	enum absence_kind kind;
	int32_t from_day, to_day; /* nights away; NO_DAY: no end known */
	int64_t held_r;		  /* percent of the fee that is paid */
	bool in_error;		  /* marked as made in error: it never was */
};

/* A score of a home's, as the authority's record of it says. */
struct quality {
	int32_t entry; /* the fact that brought it here */
	bool replaced; /* by a later one: it never was */
	const struct apply_quality *data;
};

struct placement {
	struct arena *arena; /* its own */
	struct uuid authority, id, person;
	const struct open_placement *opening; /* NULL: no facts yet */
	struct uuid opened_by;
	int64_t opened_at_us;
	enum stage stage;   /* of the first round; then in_force, whatever is negotiated */
	int32_t end_reason; /* NO_ENUM unless ended */
	int32_t seq;
	int64_t recorded_at_us; /* of the last fact */
	struct digest last_header;
	int32_t started_day; /* NO_DAY until confirmed */
	/* care that ran before it was brought here, as last recorded; NULL: it begins here */
	const struct record_existing_agreement *existing;
	int32_t ended_entry; /* 0: not ended */
	int32_t last_day;    /* that is paid for; NO_DAY until it ends, or nothing was agreed */
	struct end_notice notice;
	struct novation novation;
	struct complaint *complaints;
	size_t complaint_count;

	const struct describe_needs *needs; /* the newest, or NULL */
	int32_t needs_count;		    /* times described */

	struct calculation *calculations;
	size_t calculation_count;
	struct involvement *involvements;
	size_t involvement_count;
	struct round *rounds;
	size_t round_count;
	struct thread *threads;
	size_t thread_count;
	struct extension *extensions;
	size_t extension_count;
	struct agreement *agreements;
	size_t agreement_count;
	struct obligation *obligations;
	size_t obligation_count;
	struct review *reviews;
	size_t review_count;
	struct interim *interims;
	size_t interim_count;
	struct funding_change *funding_changes;
	size_t funding_change_count;
	struct top_up *top_ups;
	size_t top_up_count;
	struct absence *absences;
	size_t absence_count;
	struct quality *qualities;
	size_t quality_count;
	const struct apply_flag *flag; /* of the home, the newest; NULL: it never was red */
	struct party *parties;
	size_t party_count;
	const struct fact **facts;
	size_t fact_count;

	/* signing */
	bool signed_by_commissioner, signed_by_provider;
};

struct placement *placement_new(struct arena *arena, struct uuid authority, struct uuid id);

/* Folds one fact in. False (and the placement must be thrown away) when it cannot follow: a gap in
 * seq, an unknown reference. fact must live as long as the placement. */
bool placement_apply(struct placement *placement, const struct fact *fact)
	__attribute__((warn_unused_result));
/* The same placement again in another arena, from its facts. */
struct placement *placement_copy(struct arena *arena, const struct placement *placement);

const struct party *placement_party(const struct placement *placement, struct uuid organisation);
/* Its part is over, and the placement is closed to it: who represents the person no longer, and who
 * was asked to take the care over and never did. Others read on what was so. */
bool party_reads_no_more(const struct party *party);
/* A co-payer moves and is written to until its last night is over, whatever was recorded since. */
bool co_payer_takes_part(const struct party *party, int32_t today);
/* Who represents the person now; NULL: nobody. */
const struct party *placement_representative(const struct placement *placement);
/* Whether a version of the terms, or a change of funding, names an organisation as a payer. */
bool placement_names_payers(const struct placement *placement);
/* Whether this party may see the fact at all. */
bool fact_visible(const struct fact *fact, const struct placement *placement,
		  const struct party *party);
/* Whether the party hears of it, by message, webhook or stream: what it may see, but of time's own
 * entries only what is its business, nothing of before it came, and nothing once it hears no more:
 * who represents somebody that has died. told.c */
bool fact_told_to(const struct fact *fact, const struct placement *placement,
		  const struct party *party);
/* The same of what is due, in that thread (0: none). */
bool duty_told_to(enum duty duty, int32_t owed_by, int64_t thread,
		  const struct placement *placement, const struct party *party);
bool party_hears_no_more(const struct placement *placement, const struct party *party);
/* A party counts what it may see, so that its numbers have no gaps where something is hidden: the
 * party's own number of the entry at seq, 0 when it may not see that one; and back, 0 when it has
 * no entry of that number. */
int32_t party_entry(const struct placement *placement, const struct party *party, int32_t seq);
int32_t party_seq(const struct placement *placement, const struct party *party, int32_t entry);
/* Its version as it was once the entry at seq was recorded. */
int32_t party_version_at(const struct placement *placement, const struct party *party, int32_t seq);
/* The entry of the actor's own number; NULL: there is none that it may see. */
const struct fact *entry_named(const struct placement *placement, const struct actor *actor,
			       int64_t number);
/* Whether a fact of this kind puts an offer on the table: its data is struct make_offer. */
bool fact_puts_offer(enum fact_kind kind);
/* Whether it is one of the party's own. */
bool party_has_thread(const struct party *party, const struct thread *thread);
/* The same of threads, so that a provider does not learn how many others were invited: its own
 * number of one, 0 when it is another's; and back. The commissioner's are the placement's. */
int64_t party_strand(const struct placement *placement, const struct party *party, int64_t thread);
int64_t party_thread(const struct placement *placement, const struct party *party, int64_t strand);
/* Whether it moves the versions of those who see it. */
bool fact_counts(enum fact_kind kind);

/* A sealed offer, and that it was taken back, are there for everybody who sees the strand; what
 * they say, for its maker alone. */
bool offer_is_sealed(const struct offer *offer, const struct party *party);
bool fact_is_sealed(const struct fact *fact, const struct placement *placement,
		    const struct party *party);
/* Whether the person died: from then on nothing is sent to them or to who represents them. */
bool placement_person_died(const struct placement *placement);
const struct extension *placement_extension(const struct placement *placement, int64_t thread,
					    int64_t number);
/* Whose move it was: the side that it was entered for, else the actor's. */
enum side fact_speaker(const struct fact *fact);
/* The newest entry of that kind about the entry at seq (disputed, corrected, entered in error,
 * redacted) that the party may see; NULL: none. */
const struct fact *placement_beside(const struct placement *placement, const struct party *party,
				    enum fact_kind kind, int32_t seq);
/* Whether facts of this kind are about another entry: their data begins with its seq. */
bool fact_is_beside(enum fact_kind kind);
const struct thread *placement_thread(const struct placement *placement, int64_t number);
/* The one negotiated with: chosen, or invited alone; NULL while there is none. */
const struct thread *placement_open_thread(const struct placement *placement);
/* After the end: the one agreed, or that was negotiated in when it came. */
const struct thread *placement_last_thread(const struct placement *placement);
const struct round *placement_open_round(const struct placement *placement);
const struct offer *thread_open_offer(const struct thread *thread);
const struct offer *thread_accepted_offer(const struct thread *thread);
const struct calculation *placement_calculation(
	const struct placement *placement); /* the governing one */
/* The present version: of those that still are in force on their first day, the one that begins
 * last; a correction of an earlier one is not it. NULL: nothing is agreed. */
const struct agreement *placement_agreement(const struct placement *placement);
/* When another provider took over last: no day before it is the present one's. NO_DAY, which is
 * before every day: none has. */
int32_t first_day_of_present_provider(const struct placement *placement);
/* The absence that the entry records or ends; NULL: neither. */
const struct absence *absence_of_entry(const struct placement *placement, int64_t entry);
/* The version in force on that day; NULL: none covers it. */
const struct agreement *agreement_on(const struct placement *placement, int32_t day);
/* The newest version that begins on that day; NULL: none does. */
const struct agreement *agreement_from(const struct placement *placement, int32_t day);
/* The last day before a later version begins; NO_DAY: none does. */
int32_t agreement_last_day(const struct placement *placement, const struct agreement *agreement);
/* What the version's terms make of the score in force on a day, of those scores. What both signed
 * says what is in force on their terms' first day, where it says anything; a score from that day or
 * a later one takes its place, and an uplift or a novation carries on. */
struct quality_found {
	int32_t entry; /* the newer that brought a score or tier here; 0: as signed, or none */
	int32_t score_entry; /* of the score alone, as entry */
	struct text tier;    /* TEXT_NONE: none */
	int64_t score_r;     /* NO_INT: none */
	struct quality_worked worked;
};
struct quality_clause { /* what is asked of one version */
	const struct terms *terms;
	struct uuid home;
	int32_t signed_day; /* the first day of the terms that were signed */
};
struct quality_clause agreement_quality(const struct placement *placement,
					const struct agreement *agreement);
struct quality_found quality_on(const struct quality_clause *clause,
				const struct quality *qualities, size_t count, int32_t day);
/* What is paid a week by the version on that day; whoever is away apart. */
int64_t agreement_payable(const struct placement *placement, const struct agreement *agreement,
			  int32_t day);
/* In a sentence, "Score 87.5 from ...: ..."; TEXT_NONE: the terms say nothing of quality. */
struct text quality_words(struct arena *arena, const struct quality_terms *quality,
			  const struct quality_found *found);
/* Whether one side says that it is wrong: a correction of it was proposed and not signed. */
bool agreement_is_disputed(const struct placement *placement, const struct agreement *agreement);
/* The round of that strand; NULL: there is no such strand. */
const struct round *thread_round(const struct placement *placement, int64_t thread);
/* Whether it is negotiated while an agreement is in force. */
bool round_is_later(const struct round *round);
const struct obligation *placement_obligation(const struct placement *placement, int32_t entry,
					      int32_t n);
struct uuid obligation_owner(const struct placement *placement,
			     const struct obligation *obligation);
bool obligation_is_open(const struct obligation *obligation);
/* When what it asks for was done in the world: a review at 17:00 on the day it was held, as far as
 * is known now, even when it was entered later; NEVER_US while it is open. */
int64_t obligation_done_us(const struct placement *placement, const struct obligation *obligation);
/* pause.c */
bool obligation_is_paused(const struct obligation *obligation);
/* served.c: who must be told of it before its clock runs; zero when nobody must (one's own move, a
 * review, what merely runs out). */
struct uuid obligation_addressee(const struct placement *placement,
				 const struct obligation *obligation);
/* Open, and its notice has reached nobody. */
bool obligation_waits_for_service(const struct obligation *obligation);
/* The first such one that the organisation would have to be told of; NULL: none. */
const struct obligation *placement_unserved(const struct placement *placement,
					    struct uuid organisation);
/* A review, how the person took part, or a right of theirs: what their representative sees. */
bool duty_concerns_person(enum duty duty, enum side owed_by);
/* The newest version of the calendar by which any of its dates was counted; 0: it has none. */
int32_t placement_calendar_version(const struct placement *placement);
/* What the party sees of the stage: a provider whose thread is over sees its own end; the person's
 * representative whether care is being arranged, is agreed or has ended. */
enum stage party_stage(const struct placement *placement, const struct party *party);

#endif
