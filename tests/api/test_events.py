"""The live stream: each party hears of what is its own, once, in order, wherever and whenever it goes on."""

import datetime
import os
import time

import pytest

from support.client import Client
from support.daemon import Daemon
from support.house import LONDON, london
from support.journey import PERSONAL_WORDS
from support.stream import Refused, Stream
from test_existing import bring, file_of, row
from test_person import enter, represent

DAEMON_SETTINGS = {"stream_heartbeat_ms": 150, "streams_each": 6}


def listen(house, who, daemon=None, **kind):
    return Stream((daemon or house.daemon).base_url, house.tokens[who], **kind)


def by_authority(house, who, **kind):
    return listen(house, who, authority=house.organisations["council"], **kind)


def facts(house, who, case):
    return list(house.client(who).pages(f"/v1/placements/{case.id}/facts"))


def go_on(case, *stages):
    for stage in stages:
        getattr(case, f"_to_{stage}")()


def heard(events):
    return [(event["data"]["entry"], event["type"]) for event in events]


def said(facts_of_party):
    return [(fact["entry"], fact["kind"]) for fact in facts_of_party]


def test_each_side_hears_what_is_its_own_in_its_own_numbers(live):
    with listen(live, "OFFICER") as council, by_authority(live, "PROVIDER") as larch:
        case = live.journey("signing")
        council, larch = (stream.until_kind("accepted") for stream in (council, larch))
    assert heard(council) == said(facts(live, "OFFICER", case))
    own = facts(live, "PROVIDER", case)  # one who is invited hears from then on
    assert heard(larch) == said(own[[fact["kind"] for fact in own].index("invited"):])
    for who, events in (("OFFICER", council), ("PROVIDER", larch)):
        versions = [int(event["data"]["version"][1:]) for event in events]
        assert versions == sorted(versions) and f"v{versions[-1]}" == live.client(who).version(case.id)
        for event in events:
            assert event["id"] == f"{case.id}.{event['data']['entry']}" and event["subject"] == case.reference
            assert event["source"].endswith(event["data"]["href"]) and event["data"]["href"].endswith(case.id)
        assert not [word for word in PERSONAL_WORDS if word.lower() in str(events).lower()]


def test_another_tenant_hears_nothing(live):
    case = live.journey("inviting")
    with listen(live, "OFFICER2") as southmere:
        case.offer("PROVIDER")
        southmere.wait_beats()
        for who, query in (("OFFICER2", {"placement": case.id}), ("PROVIDER2", {"placement": case.id}),
                           ("OFFICER2", {"authority": live.organisations["council"]}),
                           ("OFFICER2", {"placement": live.organisations["council"]}),
                           ("ADMIN", {"authority": live.organisations["council"]})):
            with pytest.raises(Refused) as refused:
                listen(live, who, **query)
            assert refused.value.status == 404


def test_a_rival_hears_nothing_of_anothers_sealed_offer(rehearsal):
    house = rehearsal("2026-04-01 10:00", stream_heartbeat_ms=150)
    case = house.journey("approved")
    for provider, home in (("larch", "Larch House"), ("alder", "Alder Grove")):
        case.move("OFFICER", "invite", provider=house.organisations[provider], home=house.homes[home], closes="2026-04-20")
    with by_authority(house, "PROVIDER2", after="beginning") as rival, listen(house, "OFFICER") as council:
        assert [event["type"] for event in rival.until_kind("invited")] == ["invited"]
        case.offer("PROVIDER")
        sealed = council.until_kind("offer_made")[-1]  # that there is one, and no more
        assert sealed["data"]["entry"] == facts(house, "OFFICER", case)[-1]["entry"] and "terms" not in str(sealed)
        rival.wait_beats()
        house.go_to(london("2026-04-21 09:00"))
        council.until_kind("offers_opened")
        own = facts(house, "PROVIDER2", case)[-1]  # that its own invitation ran out
        assert heard(rival.until_kind("lapsed")) == said([own])
        rival.wait_beats()


def test_one_placement_alone_from_its_beginning(live):
    other, case = live.journey("opened"), live.journey("opened")
    with listen(live, "OFFICER", placement=case.id, after="beginning") as one:
        go_on(other, "preparing")
        go_on(case, "preparing", "with_panel", "approved")
        events = one.until_kind("panel_decided")
    assert {event["data"]["placement"] for event in events} == {case.id}
    assert heard(events) == said(facts(live, "OFFICER", case))


def test_it_goes_on_at_another_daemon_with_nothing_left_out_and_nothing_twice(make_house, entered, sink, binary, scratch):
    house = make_house(sink, stream_heartbeat_ms=150)
    house.start_as(entered)
    twin = Daemon(binary, {**house.daemon.config, "listen_port": 0, "jobs": False}, os.path.join(scratch, "events-twin"))
    with twin:
        case, told, last = house.journey("opened"), [], None
        with by_authority(house, "OFFICER", after="beginning") as first:
            told += first.until_kind("placement_opened")
            last = first.last_id
        for n, stages in enumerate((("preparing",), ("with_panel", "approved"), ("inviting", "negotiating"), ("signing",))):
            go_on(case, *stages)
            expected = said(facts(house, "OFFICER", case))
            with by_authority(house, "OFFICER", daemon=(twin, house.daemon)[n % 2], last_id=last) as stream:
                told += stream.until(lambda event: event["data"]["entry"] == expected[-1][0])
                stream.wait_beats()  # which move the place on, with nothing to tell
                last = stream.last_id
            assert heard(told) == expected
        with by_authority(house, "OFFICER", daemon=twin, last_id=last) as stream:
            case.move("OFFICER", "write_note", note="notejacana")
            assert heard(stream.until_kind("note_written")) == said(facts(house, "OFFICER", case))[-1:]
            last = stream.last_id
        by_authority(house, "OFFICER", last_id=last).close()
        for who in ("PROVIDER", "OFFICER2"):  # a place is its reader's alone
            with pytest.raises(Refused) as refused:
                by_authority(house, who, last_id=last)
            assert (refused.value.status, refused.value.code) in ((400, "cursor"), (404, "not_found"))
        # as after a restore that both run on across, with another entry where the last one was
        with by_authority(house, "OFFICER", last_id=last) as told_of_it, by_authority(house, "PROVIDER", daemon=twin) as behind_it:
            house.cluster.psql("update fact set leaf_hash = sha256(''::bytea), body = 'of a newer daemon' "
                               f"where stream_id = '{case.id}' and kind = 'note_written'", house.database)
            told_of_it.wait_end()
            behind_it.wait_end()
        with pytest.raises(Refused) as refused:
            by_authority(house, "OFFICER", last_id=last)
        assert (refused.value.status, refused.value.code) == (400, "cursor")
        with by_authority(house, "OFFICER") as begun_anew:
            opened = house.journey("opened")
            assert begun_anew.until_kind("placement_opened")[-1]["data"]["placement"] == opened.id
    with twin, by_authority(house, "OFFICER", daemon=twin, after="beginning") as stream:
        stream.wait_beats(3)  # what it cannot read is not passed over at once
    client, until = house.client("OFFICER"), time.monotonic() + 30
    assert client.get(f"/v1/placements/{case.id}", 200).json["id"] == case.id  # as it was folded, before it was put back
    house.cluster.psql("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() "
                       "and pid <> pg_backend_pid()", house.database)
    while client.get(f"/v1/placements/{case.id}", (200, 503)).code != "placement_unreadable":  # what is held is not believed any more
        assert time.monotonic() < until
        time.sleep(0.05)
    house.stop()
    house.cluster.drop_database(house.database)


def test_whoever_does_not_read_for_a_while_keeps_up_in_the_end_and_hinders_nobody(live):
    """More at once than may wait unread for one of them: it falls behind, and goes on by itself once it reads."""
    with listen(live, "OFFICER") as quick, listen(live, "OFFICER", room=4096) as slow:
        placed = bring(live, file_of([row(n) for n in range(200)]))["placed"]
        after = live.journey("opened")
        told = [stream.until(lambda event: event["data"]["placement"] == after.id) for stream in (quick, slow)]
        late = listen(live, "OFFICER", after="beginning").until(lambda event: event["data"]["placement"] == after.id)
    for event in (*told[0], *told[1], *late):
        event["data"].pop("log", None)  # how far it is sealed when the event is written
    assert placed == 200 and told[0] == told[1] and late[-len(told[0]):] == told[0]
    assert len({event["id"] for event in told[0]}) == len(told[0]) == 2 * 200 + 1
    case = told[0][0]["data"]["placement"]
    assert heard([event for event in told[0] if event["data"]["placement"] == case]) == said(
        live.client("OFFICER").pages(f"/v1/placements/{case}/facts"))


def test_it_shows_signs_of_life_and_how_soon_to_come_again(live):
    with listen(live, "AUDITOR", version="1.0") as stream:
        assert stream.headers["content-type"] == "text/event-stream"
        assert stream.headers["cache-control"] == "no-store" and stream.headers["connection"] == "close"
        assert stream.retry == 2000
        before = stream.last_id
        stream.wait_beats(3)
        assert stream.last_id != before
    described = live.client("AUDITOR").get("/openapi.json").json["paths"]["/v1/events"]["get"]["parameters"]
    assert ("Last-Event-ID", "header") in [(one["name"], one["in"]) for one in described]


def test_what_was_not_asked_for_rightly_is_refused(live):
    council = live.organisations["council"]
    for who, query, status, code in (
            ("PROVIDER", {}, 400, "query"),
            ("OFFICER", {"authority": council, "placement": council}, 400, "query"),
            ("OFFICER", {"authority": "northfold"}, 400, "query"),
            ("OFFICER", {"after": "12"}, 400, "cursor"),
            ("OFFICER", {"since": "1"}, 400, "query_unknown"),
            ("OFFICER", {"placement": council}, 404, "not_found")):
        with pytest.raises(Refused) as refused:
            listen(live, who, **query)
        assert (refused.value.status, refused.value.code) == (status, code), query


def test_a_token_that_is_revoked_ends_its_streams_and_no_others(live):
    admin = live.client("ADMIN")
    made = admin.post("/v1/tokens", {"user": live.users["OFFICER"], "organisation": live.organisations["council"],
                                     "label": "for a stream", "days": 1}, 201).json
    with Stream(live.daemon.base_url, made["secret"]) as revoked, listen(live, "OFFICER") as other:
        revoked.wait_beats()
        admin.request("DELETE", f"/v1/tokens/{made['id']}", expect=200)
        revoked.wait_end()
        case = live.journey("opened")
        assert heard(other.until_kind("placement_opened")) == said(facts(live, "OFFICER", case))
    with pytest.raises(Refused) as refused:
        Stream(live.daemon.base_url, made["secret"])
    assert refused.value.status == 401


def test_who_represents_nobody_any_more_hears_of_that_and_nothing_after_a_death(live):
    enter(live)
    released, bereaved = live.journey("preparing"), live.journey("preparing")
    today = datetime.datetime.now(LONDON).date().isoformat()
    for case in (released, bereaved):
        represent(live, case)
    with by_authority(live, "DAUGHTER") as daughter:
        released.move("OFFICER", "release_representative", reason="reasonheron")
        assert heard(daughter.until_kind("representative_released"))[-1][1] == "representative_released"
        released.move("OFFICER", "write_note", note="notejacana")
        bereaved.move("OFFICER", "record_death", died_on=today)
        daughter.wait_beats()
    with by_authority(live, "DAUGHTER", after="beginning") as again:
        again.wait_beats()  # both are closed to her now


def test_an_organisation_opens_so_many_streams_and_the_page_of_figures_counts_them(live):
    def figure(name):
        return [line.split()[1] for line in Client(live.daemon.base_url).get("/metrics").text.splitlines()
                if line.startswith(name + " ")]
    streams = [listen(live, "OFFICER") for _ in range(6)]
    with pytest.raises(Refused) as refused:
        listen(live, "AUDITOR")
    assert (refused.value.status, refused.value.code) == (429, "streams_full")
    with listen(live, "OFFICER2"):
        assert figure("concordat_http_streams_open") == ["7"]
    for stream in streams:
        stream.close()
    deadline, stream = time.monotonic() + 30, None
    while stream is None:  # until they are seen to be gone
        assert time.monotonic() < deadline
        try:
            stream = listen(live, "OFFICER")
        except Refused as full:
            assert full.code == "streams_full"
    case = live.journey("opened")
    assert stream.until_kind("placement_opened")[-1]["data"]["placement"] == case.id
    stream.socket.settimeout(30)  # left open: the house ends well all the same


TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


def of_a_home(house, who, name, version, **body):
    if who == "PROVIDER":
        body["authority"] = house.organisations["council"]
    house.client(who).post(f"/v1/homes/{house.homes['Larch House']}/moves", {"move": name, **body}, 200,
                           {"If-Match": f'"v{version}"', "traceparent": f"00-{TRACE}-{PARENT}-01"})


def test_what_is_recorded_of_a_home_is_heard_by_its_authority_and_its_provider_between_the_rest(live):
    home, detail = live.homes["Larch House"], "Nights were short of staff in Marchmont"
    with listen(live, "OFFICER") as council, by_authority(live, "PROVIDER") as larch, \
            by_authority(live, "PROVIDER2") as alder, listen(live, "OFFICER2") as southmere:
        of_a_home(live, "OFFICER", "raise_flag", 0, level="amber", reason="staffing", detail=detail)
        raised = [stream.until_kind("flag_raised") for stream in (council, larch)]
        for stream in (alder, southmere):
            stream.wait_beats()
        last = larch.last_id
        of_a_home(live, "PROVIDER", "answer_flag", 1, answer="We have taken on four")
        case = live.journey("inviting")
        told = [larch.until_kind("invited"), council.until_kind("invited")]
    assert raised[0] == raised[1] and len(raised[0]) == 1
    [event] = raised[0]
    assert event["id"] == f"{home}.1" and event["source"].endswith(f"/v1/homes/{home}") and "subject" not in event
    assert {**event["data"], "log": None} == {
        "home": home, "authority": live.organisations["council"], "kind": "flag_raised", "entry": 1, "version": "v1",
        "href": f"/v1/homes/{home}", "log": None}
    assert event["traceparent"] == f"00-{TRACE}-{PARENT}-01" and detail not in str(event)
    assert [e["type"] for e in told[0]] == ["flag_answered", "invited"]
    assert [e["type"] for e in told[1]] == ["flag_answered"] + [fact["kind"] for fact in facts(live, "OFFICER", case)]
    with by_authority(live, "PROVIDER", last_id=last) as again:  # by itself, until it is where the others are
        assert again.until_kind("invited") == told[0]
    with listen(live, "PROVIDER", placement=case.id, after="beginning") as one:
        assert [e["type"] for e in one.until_kind("invited")] == ["invited"]
