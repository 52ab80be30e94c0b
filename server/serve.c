/*
 * serve.c - the service's life: store -> app -> http and jobs -> loop -> drain -> free.
 *
 * The first SIGTERM or SIGINT drains: no new connections, requests in flight are answered, jobs
 * give their leases back. The second ends at once. SIGHUP reads certificates, the log's key and
 * reference data again.
 */
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "concordat/app/erasure.h"
#include "concordat/app/parts.h"
#include "concordat/base/report.h"
#include "concordat/http/api.h"
#include "concordat/jobs/jobs.h"

#include "command.h"

#define CUT_SECONDS 2 /* to tell those who were cut off, and to write it */

struct service {
	const struct config *config;
	struct arena *arena;
	struct event_base *base;
	struct store *store;
	struct app *app;
	struct http_api *api;
	struct jobs *jobs;
	struct event *term, *interrupt, *hup, *deadline;
	bool draining, cut, http_drained, jobs_stopped;
	bool replaying, replayed; /* the list of erasures; to its end */
	struct text why;	  /* not to its end */
	int code;
};

/* ---- draining: http and jobs first, then the store, then the loop ends ---- */

static void on_store_drained(void *context)
{
	struct service *service = context;

	event_base_loopbreak(service->base);
}

static void drain_store_when_idle(struct service *service)
{
	if (service->http_drained && service->jobs_stopped)
		store_drain(service->store, on_store_drained, service);
}

static void on_http_drained(void *context)
{
	struct service *service = context;

	service->http_drained = true;
	drain_store_when_idle(service);
}

static void on_jobs_stopped(void *context)
{
	struct service *service = context;

	service->jobs_stopped = true;
	drain_store_when_idle(service);
}

/* First whoever still waits for the database is told that it is away; then we leave, come what may.
 */
static void on_drain_deadline(evutil_socket_t socket, short what, void *context)
{
	struct service *service = context;

	(void)socket;
	(void)what;
	if (service->cut) {
		report(REPORT_WARNING, "main",
		       "Draining took too long; leaving with requests unanswered", NULL);
		event_base_loopbreak(service->base);
		return;
	}
	service->cut = true;
	report(REPORT_WARNING, "main",
	       "Draining took too long; what waits for the database is broken off", NULL);
	store_cut(service->store);
	event_add(service->deadline, &(struct timeval){.tv_sec = CUT_SECONDS});
}

static void start_drain(struct service *service)
{
	int64_t ms = service->config->drain_ms;
	struct timeval limit = {ms / 1000, (ms % 1000) * 1000};

	service->draining = true;
	report(REPORT_INFO, "main", "Draining", NULL);
	event_add(service->deadline, &limit);
	if (service->api)
		http_server_drain(http_api_server(service->api), on_http_drained, service);
	else
		service->http_drained = true;
	if (service->jobs)
		jobs_stop(service->jobs, on_jobs_stopped, service);
	else
		on_jobs_stopped(service);
}

static void on_term(evutil_socket_t socket, short what, void *context)
{
	struct service *service = context;

	(void)socket;
	(void)what;
	if (service->draining)
		_exit(143);
	start_drain(service);
}

static void on_refreshed(void *context)
{
	(void)context;
	report(REPORT_INFO, "main", "Reference data was read again", NULL);
}

static void on_hup(evutil_socket_t socket, short what, void *context)
{
	struct service *service = context;
	struct text why;

	(void)socket;
	(void)what;
	if (service->api && !http_server_reload_tls(http_api_server(service->api), &why))
		report(REPORT_ERROR, "main",
		       "The certificate could not be read again; the old one stays", "why",
		       text_cstr(service->arena, why), NULL);
	if (service->jobs && !jobs_reload(service->jobs, &why))
		report(REPORT_ERROR, "main",
		       "The log's key could not be read again; the old one stays", "why",
		       text_cstr(service->arena, why), NULL);
	reference_refresh(service->app, on_refreshed, service);
}

/* ---- what /readyz asks ---- */

static bool service_ready(struct text *why, void *context)
{
	struct service *service = context;

	if (service->draining)
		*why = TEXT("The service is stopping.");
	else if (!store_ready(service->store))
		*why = TEXT("The database is away.");
	else if (!app_ready(service->app))
		*why = TEXT("Reference data is not loaded. Run concordatd load-reference.");
	else
		return true;
	return false;
}

/* ---- opening and closing ---- */

static bool open_service(struct service *service, const struct command_line *line, bool with_jobs,
			 struct text *why)
{
	service->config = line->config;
	service->arena = line->arena;
	service->base = event_base_new();
	if (!service->base) {
		*why = TEXT("libevent could not start.");
		return false;
	}
	service->term = evsignal_new(service->base, SIGTERM, on_term, service);
	service->interrupt = evsignal_new(service->base, SIGINT, on_term, service);
	service->hup = evsignal_new(service->base, SIGHUP, on_hup, service);
	service->deadline = evtimer_new(service->base, on_drain_deadline, service);
	event_add(service->term, NULL);
	event_add(service->interrupt, NULL);
	event_add(service->hup, NULL);
	service->store = store_new(service->base, line->config, line->arena, why);
	if (!service->store)
		return false;
	service->app = app_new(service->base, line->config, service->store, line->arena, why);
	if (!service->app)
		return false;
	if (with_jobs)
		service->jobs = jobs_new(service->base, service->app, line->arena, why);
	return !with_jobs || service->jobs;
}

static void close_service(struct service *service)
{
	http_api_free(service->api);
	if (service->jobs)
		jobs_free(service->jobs);
	if (service->app)
		app_free(service->app);
	if (service->store)
		store_free(service->store);
	if (service->base) {
		event_free(service->term);
		event_free(service->interrupt);
		event_free(service->hup);
		event_free(service->deadline);
		event_base_free(service->base);
	}
	libevent_global_shutdown();
}

/* ---- before the doors open ---- */

static void on_replayed(bool done, struct text said, void *context)
{
	struct service *service = context;

	service->replaying = false;
	service->replayed = done;
	service->why = said;
	event_base_loopbreak(service->base);
}

/* Whoever was erased and came back with an older backup is erased again. False: not so, or it was
 * told to leave meanwhile. */
static bool replay_erasures(struct service *service)
{
	service->replaying = true;
	erasures_replay(service->store, service->config, service->arena, on_replayed, service);
	if (service->replaying)
		event_base_dispatch(service->base);
	if (!service->replayed && !service->draining)
		service->code = command_failed(service->why);
	return service->replayed && !service->draining;
}

int command_serve(const struct command_line *line)
{
	struct service service = {0};
	struct http_api_options options = {.ready = service_ready, .context = &service};
	struct text why = TEXT_NONE;
	char port[8];

	if (!open_service(&service, line, line->config->jobs, &why)) {
		close_service(&service);
		return command_failed(why);
	}
	if (!replay_erasures(&service)) {
		close_service(&service);
		return service.code;
	}
	options.app = service.app;
	service.api = http_api_new(service.base, &options, line->arena, &why);
	if (!service.api) {
		close_service(&service);
		return command_failed(why);
	}
	snprintf(port, sizeof(port), "%u", http_server_port(http_api_server(service.api)));
	report(REPORT_INFO, "main", "listening", "address", line->config->listen_address, "port",
	       port, "version", CONCORDAT_VERSION, NULL);
	app_start(service.app);
	if (service.jobs)
		jobs_start(service.jobs);
	event_base_dispatch(service.base);
	report(REPORT_INFO, "main", "stopped", NULL);
	close_service(&service);
	return service.code;
}

/* ---- rehearse ---- */

static void on_rehearsed(bool ok, struct text why, void *context)
{
	struct service *service = context;

	service->code = ok ? 0 : command_failed(why);
	start_drain(service);
}

int command_rehearse(const struct command_line *line)
{
	const char *to = command_option(line, "to");
	struct service service = {0};
	struct text why = TEXT_NONE;
	int64_t to_us;

	if (!to || !instant_parse(text_of(to), &to_us)) {
		command_failed(
			TEXT("Say to which instant: rehearse --to 2026-04-01T10:00:00+01:00."));
		return 2;
	}
	if (!open_service(&service, line, true, &why)) {
		close_service(&service);
		return command_failed(why);
	}
	app_start(service.app);
	jobs_rehearse(service.jobs, to_us, on_rehearsed, &service);
	event_base_dispatch(service.base);
	close_service(&service);
	return service.code;
}
