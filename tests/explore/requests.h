/*
 * requests.h - what somebody might ask at any moment: menu_of().
 */
#ifndef CONCORDAT_TESTS_REQUESTS_H
#define CONCORDAT_TESTS_REQUESTS_H

#include "menus_end.h"

/* Made while an agreement is in force, or of care that already runs: life.c walks them, explore.c
 * the others. */
static const enum move life_moves[] = {
	MOVE_AGREE_INTERIM_TERMS,
	MOVE_CHANGE_FUNDING,
	MOVE_SIGN_TOP_UP,
	MOVE_RECORD_ABSENCE,
	MOVE_END_ABSENCE,
	MOVE_RECORD_EXISTING_AGREEMENT,
	MOVE_CONFIRM_EXISTING_AGREEMENT,
	MOVE_HOLD_REVIEW,
	MOVE_GIVE_FEEDBACK,
	MOVE_REQUEST_REVIEW,
	MOVE_DECLINE_REVIEW,
	MOVE_REQUEST_RECALCULATION,
	MOVE_PROPOSE_VARIATION,
	MOVE_APPLY_UPLIFT,
	MOVE_CHALLENGE_UPLIFT,
	MOVE_PROPOSE_EXTENSION,
	MOVE_PROPOSE_CORRECTION,
	MOVE_GIVE_NOTICE,
	MOVE_FILE_EXIT_PLAN,
	MOVE_FILE_HANDOVER_PLAN,
	MOVE_END,
	MOVE_RECORD_DEATH,
	MOVE_TRANSFER,
	MOVE_NOVATE,
	MOVE_CONSENT_TO_NOVATION,
	MOVE_DROP_NOVATION,
	MOVE_RAISE_COMPLAINT,
	MOVE_ACKNOWLEDGE_COMPLAINT,
	MOVE_ANSWER_COMPLAINT,
	MOVE_ESCALATE,
	MOVE_CORRECT,
	MOVE_MARK_ENTERED_IN_ERROR,
	MOVE_REDACT,
};

HELPER bool is_of_life(enum move move)
{
	for (size_t i = 0; i < sizeof(life_moves) / sizeof(life_moves[0]); i++)
		if (life_moves[i] == move)
			return true;
	return false;
}

static void menu_fill(struct menu *menu)
{
	switch (menu->move) {
	case MOVE_OPEN_PLACEMENT:
		menu_opening(menu);
		break;
	case MOVE_DESCRIBE_NEEDS:
		menu_needs(menu);
		break;
	case MOVE_RECORD_INVOLVEMENT:
		menu_involvement(menu);
		break;
	case MOVE_CALCULATE:
		menu_calculation(menu);
		break;
	case MOVE_REFER_TO_PANEL:
		ADD(refer_to_panel, "refer")->note = SAID("Note ~C~ here");
		break;
	case MOVE_PANEL_DECIDE:
		menu_panel(menu);
		break;
	case MOVE_INVITE:
		menu_invitation(menu);
		break;
	case MOVE_ACKNOWLEDGE:
		ADD(acknowledge, "acknowledge")->contact = said(menu);
		break;
	case MOVE_DECLINE:
		*ADD(decline, "decline") = (struct decline){DECLINE_OTHER, said(menu)};
		break;
	case MOVE_ASK:
		ADD(ask, "ask")->question = said(menu);
		break;
	case MOVE_ANSWER:
		menu_answers(menu);
		break;
	case MOVE_MAKE_OFFER:
		menu_offers(menu);
		break;
	case MOVE_WITHDRAW_OFFER:
		ADD(withdraw_offer, "withdraw")->reason = said(menu);
		break;
	case MOVE_ACCEPT:
		menu_acceptances(menu);
		break;
	case MOVE_REJECT:
		*ADD(reject, "reject") = (struct reject){REJECT_PRICE, said(menu), NO_INT};
		break;
	case MOVE_SIGN:
		ADD(sign, "sign")->terms_digest = digest_in(menu);
		ADD(sign, "another digest")->terms_digest = wrong_digest(menu);
		break;
	case MOVE_CONFIRM_START:
		ADD(confirm_start, "today")->started_day = menu->today;
		ADD(confirm_start, "to come")->started_day = menu->today + 1;
		break;
	case MOVE_WITHDRAW:
		*ADD(withdraw, "withdraw") = (struct withdraw){WITHDRAW_OTHER, SAID("All of it")};
		break;
	case MOVE_REOPEN_INVITATION:
		ADD(reopen_invitation, "open again")->reason = said(menu);
		ADD(reopen_invitation, "among several")->closes_day = closing_day_of(menu);
		break;
	case MOVE_CHOOSE_PROVIDER:
		menu_choices(menu);
		break;
	case MOVE_SHARE_IDENTITY:
		ADD(share_identity, "share")->note = said(menu);
		break;
	case MOVE_PROVIDER_ASSESSMENT:
		*ADD(provider_assessment, "can meet needs") =
			(struct provider_assessment){ASSESSMENT_CAN_MEET, said(menu)};
		*ADD(provider_assessment, "cannot") =
			(struct provider_assessment){ASSESSMENT_CANNOT, said(menu)};
		break;
	case MOVE_PROPOSE_MEDIATION:
		*ADD(propose_mediation, "propose") =
			(struct propose_mediation){TEXT("The Elm Tree Centre"), 500000, said(menu)};
		break;
	case MOVE_CONSENT_TO_MEDIATION:
		ADD(consent_to_mediation, "consent")->note = said(menu);
		break;
	case MOVE_REFUSE_MEDIATION:
		ADD(refuse_mediation, "refuse")->reason = said(menu);
		break;
	case MOVE_NOMINATE_MEDIATOR:
		menu_mediators(menu);
		break;
	case MOVE_AGREE_MEDIATOR:
		ADD(agree_mediator, "agree");
		break;
	case MOVE_APPOINT_BY_BODY:
		menu_appointments(menu);
		break;
	case MOVE_PROPOSE_SETTLEMENT:
		menu_settlements(menu);
		break;
	case MOVE_ACCEPT_SETTLEMENT:
		menu_settlement_acceptances(menu);
		break;
	case MOVE_LEAVE_MEDIATION:
		ADD(leave_mediation, "leave")->reason = said(menu);
		break;
	case MOVE_CONCLUDE_MEDIATION:
		for (int32_t outcome = 0; outcome < MEDIATION_OUTCOME_COUNT; outcome++)
			ADD(conclude_mediation, mediation_outcome_names[outcome])->outcome =
				outcome;
		break;
	case MOVE_CHANGE_TIMESCALE:
		menu_extensions(menu);
		break;
	case MOVE_CONSENT_TO_TIMESCALE:
	case MOVE_REFUSE_TIMESCALE:
	case MOVE_REMOVE_EXTENSION:
		menu_extension_numbers(menu);
		break;
	case MOVE_SEND_MESSAGE:
		menu_messages(menu);
		break;
	case MOVE_WRITE_NOTE:
		ADD(write_note, "note")->note = said_to_own_side(menu);
		break;
	case MOVE_CONFIRM_CHECK:
		*ADD(confirm_check, "check") =
			(struct confirm_check){CHECK_ALL_WELL, menu->today, said_to_own_side(menu)};
		break;
	case MOVE_ATTACH:
		menu_documents(menu);
		break;
	case MOVE_DISPUTE_ENTRY:
		menu_disputes(menu);
		break;
	case MOVE_RECORD_SERVICE:
		menu_services(menu);
		break;
	case MOVE_ACKNOWLEDGE_DELIVERY:
		menu_received(menu);
		break;
	case MOVE_INVITE_REPRESENTATIVE:
		menu_representatives(menu);
		break;
	case MOVE_RELEASE_REPRESENTATIVE:
		ADD(release_representative, "release")->reason = SAID("Because ~C~ of it");
		break;
	case MOVE_HOLD_REVIEW:
	case MOVE_GIVE_FEEDBACK:
	case MOVE_REQUEST_REVIEW:
	case MOVE_DECLINE_REVIEW:
	case MOVE_REQUEST_RECALCULATION:
	case MOVE_PROPOSE_VARIATION:
	case MOVE_APPLY_UPLIFT:
	case MOVE_CHALLENGE_UPLIFT:
	case MOVE_PROPOSE_EXTENSION:
	case MOVE_PROPOSE_CORRECTION:
	case MOVE_CORRECT:
	case MOVE_MARK_ENTERED_IN_ERROR:
	case MOVE_REDACT:
	case MOVE_AGREE_INTERIM_TERMS:
	case MOVE_CHANGE_FUNDING:
	case MOVE_SIGN_TOP_UP:
	case MOVE_RECORD_ABSENCE:
	case MOVE_END_ABSENCE:
	case MOVE_RECORD_EXISTING_AGREEMENT:
	case MOVE_CONFIRM_EXISTING_AGREEMENT:
	case MOVE_GIVE_NOTICE:
	case MOVE_FILE_EXIT_PLAN:
	case MOVE_FILE_HANDOVER_PLAN:
	case MOVE_END:
	case MOVE_RECORD_DEATH:
	case MOVE_TRANSFER:
	case MOVE_NOVATE:
	case MOVE_CONSENT_TO_NOVATION:
	case MOVE_DROP_NOVATION:
	case MOVE_RAISE_COMPLAINT:
	case MOVE_ACKNOWLEDGE_COMPLAINT:
	case MOVE_ANSWER_COMPLAINT:
	case MOVE_ESCALATE:
		menu_of_life(menu);
		break;
	case MOVE_MISS:
	case MOVE_LAPSE:
	case MOVE_OPEN_OFFERS:
	case MOVE_CHANGE_DUE:
	case MOVE_NOT_SERVED:
	case MOVE_SERVED:
	case MOVE_APPLY_QUALITY:
	case MOVE_APPLY_FLAG:
	case MOVE_COUNT:
		break;
	}
}

/* The strand that the actor's request is about, when it names one or none. */
static int64_t strand_meant(const struct actor *who, int64_t named)
{
	const struct party *party = placement_party(played, who->organisation);
	const struct thread *open = played->stage == STAGE_ENDED ? placement_last_thread(played)
								 : placement_open_thread(played);

	if (who->side != SIDE_COMMISSIONER)
		return party ? party->thread : 0;
	return named != NO_INT ? named : open ? open->number : 0;
}

/* Whether a request of this move may say in which of several strands; that it may also name the
 * only open one shows nothing new. */
static bool names_a_strand(const struct actor *who, enum move move)
{
	enum seen seen = protocol_move(move)->seen;

	return who->side == SIDE_COMMISSIONER &&
	       (seen == SEEN_BY_THREAD || seen == SEEN_BY_SIDES) && move != MOVE_APPLY_UPLIFT &&
	       move != MOVE_RECORD_EXISTING_AGREEMENT && move != MOVE_INVITE &&
	       move != MOVE_CHOOSE_PROVIDER && move != MOVE_RECORD_SERVICE &&
	       move != MOVE_ACKNOWLEDGE_DELIVERY && played->thread_count > 0 &&
	       (played->thread_count > 1 || played->threads[0].closes_day != NO_DAY ||
		!placement_open_thread(played));
}

struct speaker {
	const struct actor *who;
	const char *name;
	struct said said;
};

static const struct speaker speakers[] = {
	{&negotiator, "on the provider's behalf", {SIDE_PROVIDER, {NO_INT, TEXT("Call 12")}}},
	{&officer, "on the commissioner's behalf", {SIDE_COMMISSIONER, {NO_INT, TEXT("Call 13")}}},
	{&daughter, "on the person's behalf", {SIDE_REPRESENTATIVE, {NO_INT, TEXT("Call 14")}}},
};

/* What another side said on the telephone, which the actor enters for it. */
static void menu_on_behalf(struct menu *menu, const struct speaker *speaker)
{
	const struct actor *who = menu->who;
	bool in_no_strand = speaker->who == &daughter && who->side == SIDE_COMMISSIONER;
	size_t count = menu->count;

	if (who->side == speaker->who->side || who->side == SIDE_MEDIATOR ||
	    who->side == SIDE_REPRESENTATIVE ||
	    !(protocol_move(menu->move)->recorded_for & BIT(speaker->who->side)))
		return;
	menu->named = NO_INT;
	menu->thread = in_no_strand ? 0 : strand_meant(who, NO_INT);
	menu->who = speaker->who;
	menu->recorder = who;
	menu_fill(menu);
	menu->count = count + (menu->count > count);
	menu->items[count].name = speaker->name;
	menu->items[count].said = &speaker->said;
	menu->who = who;
	menu->recorder = NULL;
}

/* Every request that stands for others; played and arena are those of world.h. */
static void menu_of(struct menu *menu, const struct actor *who, enum move move, int64_t now_us)
{
	int64_t last_strand = names_a_strand(who, move) ? (int64_t)played->thread_count : 0;

	*menu = (struct menu){.who = who, .move = move, .today = london_day(now_us)};
	for (int64_t strand = 0; strand <= last_strand; strand++) {
		menu->named = strand ? strand : NO_INT;
		menu->thread = strand_meant(who, menu->named);
		menu_fill(menu);
	}
	for (size_t i = 0; i < sizeof(speakers) / sizeof(speakers[0]); i++)
		menu_on_behalf(menu, &speakers[i]);
}

#endif
