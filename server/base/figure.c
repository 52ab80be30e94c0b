/*
 * figure.c - the tables that are open, counting, and the page in Prometheus' text form.
 */
#include "concordat/base/figure.h"

#include <assert.h>

#include "process.h"

#define US_PER_SECOND INT64_C(1000000)

static const char *const kind_names[] = {"counter", "gauge", "histogram"};

static struct figure_table *tables; /* in the order of their opening */

/* ---- counting ---- */

void figure_add(struct figure *figure, size_t cell, int64_t by)
{
	assert(cell < figure->value_count);
	figure->values[cell] += by;
}

void figure_set(struct figure *figure, size_t cell, int64_t value)
{
	assert(cell < figure->value_count);
	figure->values[cell] = value;
}

/* A cell of a histogram: how many fell in each bucket, in the one without end, and their sum. */
void figure_observe(struct figure *histogram, size_t cell, int64_t value)
{
	size_t stride = histogram->bound_count + 2, bucket = 0;
	int64_t *values = histogram->values + cell * stride;

	assert((cell + 1) * stride <= histogram->value_count);
	while (bucket < histogram->bound_count && value > histogram->bounds[bucket])
		bucket++;
	values[bucket]++;
	values[histogram->bound_count + 1] += value;
}

/* ---- writing ---- */

static void put_number(struct writer *w, enum figure_unit unit, int64_t value)
{
	uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	int64_t rest = (int64_t)(size % US_PER_SECOND);
	int digits = 6;

	if (unit == FIGURE_AS_IS) {
		writer_int(w, value);
		return;
	}
	if (value < 0)
		writer_char(w, '-');
	writer_int(w, (int64_t)(size / US_PER_SECOND));
	if (!rest)
		return;
	for (; rest % 10 == 0; digits--)
		rest /= 10;
	writer_printf(w, ".%0*lld", digits, (long long)rest);
}

static size_t label_count(const struct figure_label *label)
{
	size_t n = 0;

	while (label->name && label->values[n])
		n++;
	return label->name ? n : 1;
}

/* The sample's name, its labels (and a bucket's bound, when it is one) and the space behind. */
static void put_name(struct writer *w, const struct figure *f, const char *suffix, size_t cell,
		     size_t bucket)
{
	size_t seconds = label_count(&f->labels[1]);
	size_t place[FIGURE_LABELS] = {cell / seconds, cell % seconds};
	const char *between = "{";

	writer_puts(w, f->name);
	writer_puts(w, suffix);
	for (size_t i = 0; i < FIGURE_LABELS && f->labels[i].name; i++) {
		writer_printf(w, "%s%s=\"%s\"", between, f->labels[i].name,
			      f->labels[i].values[place[i]]);
		between = ",";
	}
	if (bucket < f->bound_count) {
		writer_printf(w, "%sle=\"", between);
		put_number(w, f->unit, f->bounds[bucket]);
		writer_puts(w, "\"}");
	} else if (bucket == f->bound_count) {
		writer_printf(w, "%sle=\"+Inf\"}", between);
	} else if (f->labels[0].name) {
		writer_char(w, '}');
	}
	writer_char(w, ' ');
}

static void put_sample(struct writer *w, const struct figure *f, size_t cell)
{
	if (f->sparse && !f->values[cell])
		return;
	put_name(w, f, "", cell, SIZE_MAX);
	put_number(w, f->unit, f->values[cell]);
	writer_char(w, '\n');
}

static void put_histogram(struct writer *w, const struct figure *f, size_t cell)
{
	const int64_t *values = f->values + cell * (f->bound_count + 2);
	int64_t below = 0, all = 0;

	for (size_t i = 0; i <= f->bound_count; i++)
		all += values[i];
	if (f->sparse && !all)
		return;
	for (size_t i = 0; i <= f->bound_count; i++) {
		below += values[i];
		put_name(w, f, "_bucket", cell, i);
		writer_int(w, below);
		writer_char(w, '\n');
	}
	put_name(w, f, "_sum", cell, SIZE_MAX);
	put_number(w, f->unit, values[f->bound_count + 1]);
	writer_char(w, '\n');
	put_name(w, f, "_count", cell, SIZE_MAX);
	writer_int(w, all);
	writer_char(w, '\n');
}

static void put_family(struct writer *w, const struct figure *f)
{
	size_t cells = label_count(&f->labels[0]) * label_count(&f->labels[1]);

	writer_printf(w, "# HELP %s %s\n# TYPE %s %s\n", f->name, f->help, f->name,
		      kind_names[f->kind]);
	for (size_t cell = 0; cell < cells; cell++)
		if (f->kind == FIGURE_HISTOGRAM)
			put_histogram(w, f, cell);
		else
			put_sample(w, f, cell);
}

static void put_table(struct writer *w, const struct figure_table *table)
{
	if (table->look)
		table->look(table->context);
	for (size_t i = 0; i < table->count; i++)
		put_family(w, &table->figures[i]);
}

/* ---- the tables ---- */

static struct figure_table **place_of(struct figure_table *table)
{
	struct figure_table **at = &tables;

	while (*at && *at != table)
		at = &(*at)->next;
	return at;
}

void figures_open(struct figure_table *table, void *context)
{
	struct figure_table **at = place_of(table);

	table->context = context;
	if (*at)
		return;
	table->next = NULL;
	*at = table;
}

void figures_close(struct figure_table *table, void *context)
{
	struct figure_table **at = place_of(table);

	if (*at && table->context == context)
		*at = table->next;
}

void figures_write(struct writer *w)
{
	put_table(w, &process_figures);
	for (const struct figure_table *table = tables; table; table = table->next)
		put_table(w, table);
}
