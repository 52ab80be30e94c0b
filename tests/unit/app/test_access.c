/* test_access.c - on which side of a placement a caller stands, and who administers what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "concordat/app/parts.h"

static const struct uuid council = {{1}}, provider = {{2}}, rival = {{3}}, user = {{7}};

static struct party parties[] = {
	{.organisation = {{1}}, .side = SIDE_COMMISSIONER, .version = 4},
	{.organisation = {{2}}, .side = SIDE_PROVIDER, .thread = 1, .version = 2},
};
static const struct placement placement = {
	.authority = {{1}}, .id = {{5}}, .parties = parties, .party_count = 2};

static struct caller caller_of(struct uuid organisation, enum organisation_kind kind,
			       unsigned roles)
{
	return (struct caller){
		.user = user, .organisation = organisation, .kind = kind, .roles = roles};
}

static bool find(struct uuid organisation, unsigned roles, struct actor *actor,
		 const struct party **party)
{
	struct caller caller = caller_of(organisation, ORGANISATION_AUTHORITY, roles);

	return access_actor(&placement, &caller, actor, party);
}

static void a_case_officer_stands_on_the_commissioners_side(void **state)
{
	struct actor actor;
	const struct party *party;

	(void)state;
	assert_true(
		find(council, BIT(ROLE_CASE_OFFICER) | BIT(ROLE_ADMINISTRATOR), &actor, &party));
	assert_int_equal(actor.side, SIDE_COMMISSIONER);
	assert_true(uuid_eq(actor.user, user));
	assert_true(uuid_eq(actor.organisation, council));
	assert_int_equal(actor.roles, BIT(ROLE_CASE_OFFICER) | BIT(ROLE_ADMINISTRATOR));
	assert_ptr_equal(party, &parties[0]);
	assert_int_equal(access_audience(&placement, &actor, party), AUDIENCE_COMMISSIONER);
}

static void an_auditor_or_administrator_alone_reads_as_the_commissioner_from_no_side(void **state)
{
	static const unsigned reading[] = {BIT(ROLE_AUDITOR), BIT(ROLE_ADMINISTRATOR),
					   BIT(ROLE_AUDITOR) | BIT(ROLE_ADMINISTRATOR)};
	struct actor actor;
	const struct party *party;

	(void)state;
	for (size_t i = 0; i < sizeof(reading) / sizeof(reading[0]); i++) {
		assert_true(find(council, reading[i], &actor, &party));
		assert_int_equal(actor.side, SIDE_AUDITOR);
		assert_ptr_equal(party, &parties[0]);
		assert_int_equal(access_audience(&placement, &actor, party), AUDIENCE_COMMISSIONER);
	}
}

static void a_provider_is_shown_what_providers_see_whatever_their_role(void **state)
{
	struct actor actor;
	const struct party *party;

	(void)state;
	for (int role = 0; role < ROLE_COUNT; role++) {
		assert_true(find(provider, BIT(role), &actor, &party));
		assert_int_equal(actor.side, SIDE_PROVIDER);
		assert_ptr_equal(party, &parties[1]);
		assert_int_equal(access_audience(&placement, &actor, party), AUDIENCE_PROVIDER);
	}
}

static void a_co_payer_reads_on_once_its_part_is_over(void **state)
{
	struct party sharing[] = {
		{.organisation = {{1}}, .side = SIDE_COMMISSIONER},
		{.organisation = {{5}}, .side = SIDE_CO_PAYER, .last_night = NO_DAY},
	};
	struct placement shared = {
		.authority = {{1}}, .parties = sharing, .party_count = 2, .stage = STAGE_IN_FORCE};
	struct caller caller =
		caller_of((struct uuid){{5}}, ORGANISATION_AUTHORITY, BIT(ROLE_CASE_OFFICER));
	const struct party *party;
	struct actor actor;

	(void)state;
	assert_true(access_actor(&shared, &caller, &actor, &party));
	assert_int_equal(actor.side, SIDE_CO_PAYER);
	assert_int_equal(access_audience(&shared, &actor, party), AUDIENCE_CO_PAYER);
	sharing[1].until_entry = 7;
	assert_true(access_actor(&shared, &caller, &actor, &party));
	assert_int_equal(party_stage(&shared, party), STAGE_ENDED);
	assert_false(access_is_over(&shared, party));
}

static void a_representative_stands_on_the_persons_side_until_it_is_released(void **state)
{
	static struct party represented[] = {
		{.organisation = {{1}}, .side = SIDE_COMMISSIONER},
		{.organisation = {{4}}, .side = SIDE_REPRESENTATIVE},
	};
	static const struct placement of_person = {
		.authority = {{1}}, .id = {{5}}, .parties = represented, .party_count = 2};
	struct caller caller = caller_of((struct uuid){{4}}, ORGANISATION_REPRESENTATIVE,
					 BIT(ROLE_REPRESENTATIVE));
	struct actor actor;
	const struct party *party;

	(void)state;
	assert_true(access_actor(&of_person, &caller, &actor, &party));
	assert_int_equal(actor.side, SIDE_REPRESENTATIVE);
	assert_int_equal(access_audience(&of_person, &actor, party), AUDIENCE_REPRESENTATIVE);
	represented[1].until_entry = 7;
	assert_false(access_actor(&of_person, &caller, &actor, &party));
	assert_null(party);
}

static void whoever_is_no_party_has_no_part(void **state)
{
	static const struct uuid nobody;
	struct actor actor;
	const struct party *party = parties;

	(void)state;
	assert_false(find(rival, BIT(ROLE_NEGOTIATOR), &actor, &party));
	assert_null(party);
	assert_false(find(nobody, BIT(ROLE_ADMINISTRATOR), &actor, &party));
	assert_false(find(council, 0, &actor, &party));
}

static void without_a_placement_there_is_no_part(void **state)
{
	struct caller caller = caller_of(council, ORGANISATION_AUTHORITY, BIT(ROLE_CASE_OFFICER));
	struct actor actor;
	const struct party *party;

	(void)state;
	assert_false(access_actor(NULL, &caller, &actor, &party));
}

static void the_operators_administrator_manages_all(void **state)
{
	struct caller operator= caller_of(rival, ORGANISATION_OPERATOR, BIT(ROLE_ADMINISTRATOR));

	(void)state;
	assert_true(access_is_operator(&operator));
	assert_true(access_manages(&operator, council));
	operator.roles = BIT(ROLE_AUDITOR);
	assert_false(access_is_operator(&operator));
	assert_false(access_manages(&operator, council));
}

static void an_administrator_manages_their_own_organisation_only(void **state)
{
	static const struct uuid nobody;
	struct caller caller = caller_of(council, ORGANISATION_AUTHORITY, BIT(ROLE_ADMINISTRATOR));

	(void)state;
	assert_false(access_is_operator(&caller));
	assert_true(access_manages(&caller, council));
	assert_false(access_manages(&caller, provider));
	assert_false(access_manages(&caller, nobody));
	caller.roles = BIT(ROLE_MANAGER);
	assert_false(access_manages(&caller, council));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_case_officer_stands_on_the_commissioners_side),
		cmocka_unit_test(
			an_auditor_or_administrator_alone_reads_as_the_commissioner_from_no_side),
		cmocka_unit_test(a_provider_is_shown_what_providers_see_whatever_their_role),
		cmocka_unit_test(a_co_payer_reads_on_once_its_part_is_over),
		cmocka_unit_test(a_representative_stands_on_the_persons_side_until_it_is_released),
		cmocka_unit_test(whoever_is_no_party_has_no_part),
		cmocka_unit_test(without_a_placement_there_is_no_part),
		cmocka_unit_test(the_operators_administrator_manages_all),
		cmocka_unit_test(an_administrator_manages_their_own_organisation_only),
	};

	return cmocka_run_group_tests_name("access", tests, NULL, NULL);
}
