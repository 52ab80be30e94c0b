/* test_letter_page.c - a letter on paper: nothing in it is broken, cut off or outside of the window
 * of its envelope, whatever its names are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/told/letter_page.h"
#include "concordat/core/calendar.h"

#define NAME_MOST 200
#define LINE_MOST 60

static struct arena *arena;
static struct letter_row letter;
static struct letters letters;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new();
	letter = (struct letter_row){
		.reference = TEXT("PL-1000002-G"),
		.recipient_name = TEXT("Larch House Care"),
		.address = {.line_1 = TEXT("7 Fell Lane"),
			    .town = TEXT("Northfold"),
			    .postcode = TEXT("NF4 2QT")},
		.subject = TEXT("PL-1000002-G: offer rejected"),
		.record = {.entry = NO_INT, .n = NO_INT},
	};
	letters = (struct letters){
		.rows = &letter,
		.count = 1,
		.sender = TEXT("Northfold Council"),
		.from = {.telephone = TEXT("01632 960100")},
		.day = day_of(2026, 4, 1),
		.public_url = TEXT("https://fees.council.example/"),
	};
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static const char *page(void)
{
	return text_cstr(arena, letter_page(arena, &letters));
}

static struct text filled(size_t size, char with)
{
	char *at = arena_alloc(arena, size);

	memset(at, with, size);
	return (struct text){at, size};
}

static void a_reference_is_never_broken_at_its_hyphens(void **state)
{
	const char *told = page();

	(void)state;
	assert_non_null(strstr(told, ".reference{white-space:nowrap}"));
	assert_non_null(strstr(told, "<dd class=\"reference\">PL-1000002-G</dd>"));
	assert_non_null(strstr(told, "https://fees.council.example/placements/"
				     "<span class=\"reference\">PL-1000002-G</span></p>"));
	assert_non_null(strstr(told, "give the reference "
				     "<span class=\"reference\">PL-1000002-G</span>."));
	assert_non_null(strstr(told, "<h1>Placement PL-1000002-G: offer rejected</h1>"));
}

static void a_name_and_address_of_any_length_stay_in_the_window(void **state)
{
	const char *told = page();

	(void)state;
	assert_non_null(strstr(told, "<div class=\"to\"><div>Larch House Care</div>"));
	assert_null(strstr(told, "<div class=\"to small\">"));
	letter.recipient_name = filled(NAME_MOST, 'n');
	told = page();
	assert_non_null(strstr(told, "<div class=\"to small\"><div>nnnn"));
	assert_non_null(strstr(told, "nnn</div><div>7 Fell Lane</div>"));
	letter.recipient_name = TEXT("Larch House Care");
	letter.address.line_1 = letter.address.line_2 = letter.address.line_3 =
		filled(LINE_MOST, 'l');
	assert_non_null(strstr(page(), "<div class=\"to small\"><div>Larch House Care</div>"));
}

static void a_long_name_of_the_sender_is_not_cut_off(void **state)
{
	const char *told = page();

	(void)state;
	assert_non_null(strstr(told, "<div class=\"head\"><b>Northfold Council</b>"));
	letters.sender = filled(NAME_MOST, 's');
	told = page();
	assert_non_null(strstr(told, "<div class=\"head\"><b class=\"small\">ssss"));
	assert_non_null(strstr(told, "Yours faithfully<b>ssss"));
}

static void what_is_a_right_is_not_said_to_be_due(void **state)
{
	static int32_t both[] = {DUTY_RESPOND, DUTY_DISPUTE_ENTRY};
	static int32_t either[] = {DUTY_AFTER_REJECTION};
	const char *told;

	(void)state;
	letter.owed = (struct list){both, 2};
	told = page();
	assert_non_null(strstr(told,
			       "<h2>What is due from you</h2>\n<ul>\n"
			       "<li>Respond to the offer.</li>\n</ul>\n"
			       "<h2>What you may do</h2>\n<ul>\n"
			       "<li>Dispute the entry.</li>\n</ul>\n<p>Your time to do this"));
	letter.owed = (struct list){either, 1};
	told = page();
	assert_null(strstr(told, "What is due from you"));
	assert_non_null(strstr(told, "<h2>What you may do</h2>\n<ul>\n"
				     "<li>Make another offer after the rejection.</li>\n</ul>"));
	letter.owed.count = 0;
	assert_null(strstr(page(), "Your time to do this"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_reference_is_never_broken_at_its_hyphens),
		TEST(a_name_and_address_of_any_length_stay_in_the_window),
		TEST(a_long_name_of_the_sender_is_not_cut_off),
		TEST(what_is_a_right_is_not_said_to_be_due),
	};

	return cmocka_run_group_tests_name("letter_page", tests, NULL, NULL);
}
