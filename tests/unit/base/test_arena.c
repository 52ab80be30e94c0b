/* test_arena.c - memory that is freed all at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "concordat/base/arena.h"

static int make_arena(void **state)
{
	*state = arena_new();
	return 0;
}

static int drop_arena(void **state)
{
	arena_free(*state);
	return 0;
}

static void memory_is_zeroed_aligned_and_apart(void **state)
{
	unsigned char *before = NULL;
	size_t before_size = 0;

	for (size_t size = 0; size < 3000; size += 7) {
		unsigned char *at = arena_alloc(*state, size);

		assert_non_null(at);
		assert_int_equal((uintptr_t)at % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(at[i], 0);
		memset(at, 0xaa, size);
		for (size_t i = 0; i < before_size; i++)
			assert_int_equal(before[i], 0xaa);
		before = at;
		before_size = size;
	}
}

static void a_large_piece_leaves_room_for_small_ones(void **state)
{
	char *small = arena_alloc(*state, 16), *next;

	memset(arena_alloc(*state, 1 << 20), 1, 1 << 20);
	next = arena_alloc(*state, 16);
	assert_in_range((uintptr_t)next - (uintptr_t)small, 16, 64);
}

static void held_bytes_grow_with_what_is_taken(void **state)
{
	size_t empty = arena_bytes(*state);

	arena_alloc(*state, 100000);
	assert_in_range(arena_bytes(*state) - empty, 100000, 110000);
}

static void a_copy_is_apart_from_its_source(void **state)
{
	char source[] = "fee";
	char *copy = arena_copy(*state, source, sizeof(source));

	source[0] = 'x';
	assert_string_equal(copy, "fee");
	assert_non_null(arena_copy(*state, NULL, 0));
}

static void a_list_keeps_its_items_and_adds_zeroed_ones(void **state)
{
	struct pair {
		int a, b;
	} *items = NULL;
	size_t count = 0;

	for (int i = 0; i < 1000; i++) {
		struct pair *added = LIST_ADD((struct arena *)*state, items, count);

		assert_int_equal(added->a, 0);
		assert_int_equal(added->b, 0);
		*added = (struct pair){i, -i};
	}
	assert_int_equal(count, 1000);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(items[i].b, -i);

	count = 5;
	assert_int_equal(LIST_ADD((struct arena *)*state, items, count)->a, 0);
	assert_int_equal(items[4].a, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(memory_is_zeroed_aligned_and_apart, make_arena,
						drop_arena),
		cmocka_unit_test_setup_teardown(a_large_piece_leaves_room_for_small_ones,
						make_arena, drop_arena),
		cmocka_unit_test_setup_teardown(held_bytes_grow_with_what_is_taken, make_arena,
						drop_arena),
		cmocka_unit_test_setup_teardown(a_copy_is_apart_from_its_source, make_arena,
						drop_arena),
		cmocka_unit_test_setup_teardown(a_list_keeps_its_items_and_adds_zeroed_ones,
						make_arena, drop_arena),
	};

	return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
