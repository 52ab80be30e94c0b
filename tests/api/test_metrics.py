"""/metrics: clean by promtool, and each figure follows what was done."""

import threading
import uuid

from support.client import Client
from support.figures import complaints, read, wait_for
from support.journey import NEEDS
from support.sink import Sink

from conftest import ended

DAEMON_SETTINGS = {"watch_ms": 200}  # what waits is counted so often

FAMILIES = {
    "concordat_moves_total": "counter", "concordat_appends_total": "counter",
    "concordat_append_batch_moves": "histogram", "concordat_append_seconds": "histogram",
    "concordat_append_statement_seconds": "histogram", "concordat_append_batches_halved_total": "counter",
    "concordat_database_call_seconds": "histogram", "concordat_queue_waiting": "gauge",
    "concordat_pool_connections": "gauge", "concordat_pool_connections_up": "gauge",
    "concordat_pool_connections_busy": "gauge", "concordat_pool_reconnects_total": "counter",
    "concordat_database_ready": "gauge", "concordat_clock_offset_seconds": "gauge",
    "concordat_cache_loads_total": "counter", "concordat_cache_bytes": "gauge", "concordat_cache_placements": "gauge",
    "concordat_calendar_end_timestamp_seconds": "gauge", "concordat_calendar_runs_out": "gauge",
    "concordat_obligations_due": "gauge", "concordat_obligations_due_oldest_seconds": "gauge",
    "concordat_obligation_lateness_seconds": "histogram", "concordat_reminders_total": "counter",
    "concordat_deliveries_total": "counter", "concordat_deliveries_waiting": "gauge",
    "concordat_deliveries_waiting_oldest_seconds": "gauge", "concordat_delivery_attempts_total": "counter",
    "concordat_log_lag_entries": "gauge", "concordat_log_unsealed_entries": "gauge",
    "concordat_log_unsealed_oldest_seconds": "gauge", "concordat_log_checkpoints_total": "counter",
    "concordat_log_seal_seconds": "histogram", "concordat_log_refusals_total": "counter", "concordat_logs_refused": "gauge",
    "concordat_watched_timestamp_seconds": "gauge",
    "concordat_lease_held": "gauge", "concordat_clock_stands_still": "gauge",
    "concordat_http_request_seconds": "histogram", "concordat_http_requests_total": "counter",
    "concordat_http_requests_refused_total": "counter", "concordat_http_connections_total": "counter",
    "concordat_http_connections_open": "gauge", "concordat_http_accept_pauses_total": "counter",
    "concordat_http_streams_open": "gauge", "concordat_http_streams_dropped_total": "counter",
    "concordat_log_lines_dropped_total": "counter", "concordat_build_info": "gauge",
    "process_cpu_seconds_total": "counter", "process_resident_memory_bytes": "gauge",
    "process_virtual_memory_bytes": "gauge", "process_open_fds": "gauge", "process_max_fds": "gauge",
    "process_start_time_seconds": "gauge",
}


def stream_locked(house, case):
    """Nobody writes this placement meanwhile."""
    return house.cluster.locked(f"select from stream where stream_id = '{case.id}' for update", house.database)


def watcher(house):
    """One who looks at the page and is nobody's client else."""
    return Client(house.daemon.base_url)


def test_the_page_of_a_daemon_that_did_nothing_yet_is_clean(live):
    figures = read(live.client("OFFICER"))
    assert complaints(figures.text) == ""
    assert figures.families() == FAMILIES
    assert figures.text.endswith("\n") and figures("concordat_build_info") == 1
    assert figures("concordat_database_ready") == 1 and figures("process_resident_memory_bytes") > 1 << 20
    assert figures("concordat_pool_connections_up", pool="read") == figures("concordat_pool_connections", pool="read") == 8


def test_a_move_that_is_recorded_is_counted_with_its_batch_and_time(live):
    client = live.client("OFFICER")
    case = live.journey("opened")
    before = read(client)
    case.move("OFFICER", "describe_needs", **NEEDS)
    after = read(client)

    def grown(name, **labels):
        return after(name, **labels) - before(name, **labels)

    assert grown("concordat_moves_total", move="describe_needs", result="recorded") == 1
    assert grown("concordat_moves_total") == 1
    assert grown("concordat_appends_total", outcome="done") == 1 and grown("concordat_appends_total") == 1
    assert grown("concordat_append_batch_moves_count") == 1 and grown("concordat_append_batch_moves_sum") == 1
    assert grown("concordat_append_seconds_count") == 1
    assert grown("concordat_append_seconds_sum") >= grown("concordat_append_statement_seconds_sum") > 0
    assert grown("concordat_http_request_seconds_count", operation="make_move", **{"class": "2xx"}) == 1
    assert grown("concordat_cache_loads_total") >= 1


def test_what_became_of_each_move_is_told_apart(live):
    client = live.client("OFFICER")
    case = live.journey("preparing")
    version, key = client.version(case.id), uuid.uuid4()
    before = read(client)
    client.move(case.id, "refer_to_panel", {"note": "n"}, 200, version, key)
    client.move(case.id, "refer_to_panel", {"note": "n"}, 200, version, key)
    client.move(case.id, "refer_to_panel", {"note": "n"}, 409)
    client.move(case.id, "refer_to_panel", {"note": "n"}, 412, version)
    client.move(case.id, "refer_to_panel", {"nothing": 1}, 400)
    client.move(case.id, "make_tea", {}, 400)
    live.client("OFFICER2").move(case.id, "refer_to_panel", {"note": "n"}, 404, version)
    live.client("PANEL").move(case.id, "panel_decide", {"outcome": "approved"}, 409)
    after = read(client)
    grown = {}
    for name, labels, value in after.samples:
        if name == "concordat_moves_total" and value != before(name, **labels):
            grown[(labels["move"], labels["result"])] = value - before(name, **labels)
    assert grown == {
        ("refer_to_panel", "recorded"): 1, ("refer_to_panel", "repeated"): 1, ("refer_to_panel", "refused"): 1,
        ("refer_to_panel", "stale"): 1, ("refer_to_panel", "invalid"): 1, ("unread", "invalid"): 1,
        ("refer_to_panel", "denied"): 1, ("panel_decide", "refused"): 1,
    }


def test_a_conflict_and_what_waits_in_the_queue_are_seen(live):
    """Two moves on one placement, both decided before either is recorded: the second is decided again."""
    case = live.journey("opened")
    page, clients = watcher(live), [Client(live.daemon.base_url, live.tokens["OFFICER"]) for _ in range(2)]
    version = clients[0].version(case.id)
    before, answers = read(page), []
    threads = [threading.Thread(target=lambda client=client: answers.append(client.move(
        case.id, "describe_needs", NEEDS, (200, 412), version).status)) for client in clients]
    with stream_locked(live, case):
        threads[0].start()
        wait_for(page, lambda figures: figures("concordat_pool_connections_busy", pool="append") == 1, "none is sent")
        threads[1].start()
        wait_for(page, lambda figures: figures("concordat_queue_waiting", pool="append") == 1, "none waits")
    for thread in threads:
        thread.join()
    after = read(page)
    assert sorted(answers) == [200, 412]
    assert after("concordat_appends_total", outcome="conflict") - before("concordat_appends_total", outcome="conflict") == 1
    assert after("concordat_queue_waiting") == 0
    assert after("concordat_moves_total", move="describe_needs", result="stale") > \
        before("concordat_moves_total", move="describe_needs", result="stale")


def test_faults_of_the_database_are_counted_and_the_page_stays_clean(make_house, entered):
    """The reading role is locked out and then the service's: the page is served all the while."""
    with Sink() as sink:
        house = make_house(sink, statement_timeout_ms=1000)
        house.start_as(entered)
        try:
            case, client = house.journey("preparing"), house.client("OFFICER")
            version = client.version(case.id)
            with stream_locked(house, case):
                answer = client.move(case.id, "refer_to_panel", {"note": "n"}, 503, version)
                assert answer.code == "timeout"
            figures = read(client)
            assert figures("concordat_moves_total", move="refer_to_panel", result="fault") == 1
            assert figures("concordat_appends_total", outcome="timeout") == 1
            assert figures("concordat_http_request_seconds_count", operation="make_move", **{"class": "5xx"}) == 1
            house.cluster.psql("select pg_terminate_backend(pid) from pg_stat_activity "
                               f"where datname = '{house.database}' and application_name like 'concordatd%'", "postgres")
            figures = wait_for(client, lambda figures: figures("concordat_pool_reconnects_total") >= 7 and
                               figures("concordat_database_ready") == 1, "it did not come back")
            assert complaints(figures.text) == ""
            case.move("OFFICER", "refer_to_panel", note="n")
            assert complaints(read(client).text) == ""
        finally:
            ended(house)


def test_what_fell_due_during_an_outage_is_late_and_counted(rehearsal):
    house = rehearsal("2026-06-01 10:00", **DAEMON_SETTINGS)
    house.journey("inviting", start="2026-07-01")
    house.leave_rehearsal()
    house.clients.clear()
    house.daemon.start()
    figures = wait_for(house.client("OFFICER"), lambda figures: figures("concordat_moves_total", move="lapse") > 0,
                       "time does not act")
    missed = figures("concordat_moves_total", move="miss", result="recorded")
    assert missed > 0 and figures("concordat_moves_total", result="recorded") == \
        missed + figures("concordat_moves_total", move="lapse", result="recorded")
    count = figures("concordat_obligation_lateness_seconds_count")
    assert count > 0 and figures("concordat_obligation_lateness_seconds_bucket", le="86400") == 0
    assert figures("concordat_obligation_lateness_seconds_sum") > count * 86400
    assert figures("concordat_lease_held", lease="clock") == 1
    # What is due is counted by a look of its own, now and then.
    figures = wait_for(house.client("OFFICER"), lambda figures: figures("concordat_watched_timestamp_seconds") > 0 and
                       figures("concordat_obligations_due") == 0, "it stays due")
    assert complaints(figures.text) == ""


def test_what_is_due_is_seen_while_nobody_acts_on_it(rehearsal):
    """In a rehearsal the daemon leaves time alone: what is due stays due."""
    house = rehearsal("2026-06-01 10:00", **DAEMON_SETTINGS)
    house.journey("inviting", start="2026-07-01")
    house.wait_quiet()
    house.cluster.psql("update rehearsal set protocol_at = '2026-06-20T10:00:00Z'", house.database)
    figures = wait_for(house.client("OFFICER"), lambda figures: figures("concordat_obligations_due") > 0, "nothing is due")
    assert figures("concordat_obligations_due_oldest_seconds") > 86400
    assert figures("concordat_lease_held", lease="clock") == 0


def test_deliveries_are_counted_by_state_and_attempts_by_outcome(make_house, entered):
    with Sink() as sink:
        house = make_house(sink, smtp_retry="50ms")
        house.start_as(entered)
        try:
            page = house.client("OFFICER")
            sink.fail_next(1, "450 4.2.1 Try again later")
            house.journey("inviting")
            house.wait_quiet()
            sink.fail_next(1, "550 5.1.1 No such mailbox")
            house.journey("inviting")
            house.wait_quiet()
            figures = wait_for(page, lambda figures: figures("concordat_deliveries_total", state="sent") +
                               figures("concordat_deliveries_total", state="failed") ==
                               figures("concordat_deliveries_total", state="queued") > 0, "not all ended")
            states = dict(house.cluster.psql("select state, count(*) from delivery group by 1", house.database))
            for state in ("sent", "failed", "delivered"):
                assert figures("concordat_deliveries_total", state=state) == int(states[state]), state
            assert figures("concordat_delivery_attempts_total", outcome="taken") == int(states["sent"])
            assert figures("concordat_delivery_attempts_total", outcome="refused") == 1
            assert figures("concordat_delivery_attempts_total", outcome="later") == 1
        finally:
            ended(house)


def test_what_waits_to_be_sent_or_told_is_seen(make_house, entered):
    """The mail server is away, and an entry cannot be told while the cursors are locked."""
    with Sink() as sink:
        house = make_house(sink, smtp_retry="600000ms", **DAEMON_SETTINGS)
    house.start_as(entered)
    try:
        page = house.client("OFFICER")
        house.journey("inviting")
        figures = wait_for(page, lambda figures: figures("concordat_deliveries_waiting", state="queued") >= 1,
                           "no e-mail waits")
        assert figures("concordat_delivery_attempts_total", outcome="later") >= 1
        assert figures("concordat_deliveries_waiting_oldest_seconds") > 0
        house.cluster.psql("create function stay() returns trigger language plpgsql as 'begin return null; end'; "
                           "create trigger stay before insert or update on deliver_cursor "
                           "for each row execute function stay()", house.database)
        house.journey("opened")
        wait_for(page, lambda figures: figures("concordat_log_lag_entries") >= 1, "no entry waits")
        house.cluster.psql("drop trigger stay on deliver_cursor", house.database)
        wait_for(page, lambda figures: figures("concordat_log_lag_entries") == 0, "the entry is not told")
    finally:
        ended(house)


def test_requests_that_reach_no_operation_are_counted_as_none(live):
    client = live.client("OFFICER")
    before = read(client)
    client.get("/nowhere", expect=404)
    client.request("DELETE", "/v1/placements", expect=405)
    client.request("POST", "/v1/placements", body=b"{}", headers={"Content-Length": "9" * 12}, expect=413)
    after = read(client)
    lost = {"operation": "none", "class": "4xx"}
    assert after("concordat_http_request_seconds_count", **lost) - before("concordat_http_request_seconds_count", **lost) == 3
    assert after("concordat_http_requests_refused_total") - before("concordat_http_requests_refused_total") == 1


def test_labels_are_few_and_say_nothing_about_anybody(live):
    case = live.journey("negotiating")
    text = read(live.client("OFFICER")).text
    for word in (case.id, case.reference, *live.organisations.values(), *live.users.values(), "Zebedee", "northfold"):
        assert word.lower() not in text.lower()
    assert complaints(text) == ""


def test_a_calendar_that_runs_out_is_an_alarm(rehearsal):
    """Half a year before it ends, where an authority goes by it; whether the service is ready is another matter."""
    house = rehearsal("2028-06-30 10:00", **DAEMON_SETTINGS)
    client = watcher(house)
    wait_for(client, lambda figures: figures("concordat_watched_timestamp_seconds") > 0, "it never looked")
    assert read(client)("concordat_calendar_runs_out") == 0
    house.daemon.rehearse("2028-07-01T10:00:00+01:00")
    wait_for(client, lambda figures: figures("concordat_calendar_runs_out", division="england-and-wales") == 1, "no alarm")
    assert read(client)("concordat_calendar_runs_out", division="scotland") == 0, "no authority goes by it"
    assert client.get("/readyz").status == 200
