/*
 * figures.h - the figures of app and store, as Prometheus text.
 */
#ifndef CONCORDAT_APP_FIGURES_H
#define CONCORDAT_APP_FIGURES_H

#include "concordat/app/app.h"

void app_figures_write(struct writer *w, struct app *app);

#endif
