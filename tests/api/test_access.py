"""Who may see what: other tenants find nothing, a provider no private word, an auditor moves nothing."""

import re
import uuid

import pytest

from support.cluster import ClusterError
from support.house import five_pm, money
from support.journey import (ABOVE_GUIDE, LIMIT, NEEDS, PANEL_NOTE, PANEL_REASONS, PRIVATE_WORDS, STAGES,
                             opening, terms)

COUNCIL = ["OFFICER", "PANEL", "SIGNATORY", "MANAGER", "AUDITOR", "COUNCIL_ADMIN"]
LARCH = ["PROVIDER", "PROVIDER_ADMIN", "PROVIDER_SIGNATORY"]
SOUTHMERE = ["OFFICER2", "PANEL2", "SIGNATORY2", "AUDITOR2"]
ALDER = ["PROVIDER2"]
NOBODY = ["ADMIN", "MEDIATOR"]
EVERYBODY = COUNCIL + LARCH + SOUTHMERE + ALDER + NOBODY
LIMIT_WORDS = [str(LIMIT), "1,713.13", "1713.13"]
LISTS = ["/v1/placements", "/v1/obligations", "/v1/obligations?owed=to_me", "/v1/obligations?state=all",
         "/v1/obligations?owed=to_me&state=all", "/v1/deliveries"]


@pytest.fixture(scope="module")
def two(live):
    """A placement of the council with Larch, and one of Southmere with Alder."""
    ours = live.journey("negotiating")
    theirs = live.southmere("negotiating", provider="PROVIDER2", invited="alder", home="Alder Grove")
    live.wait_quiet()
    return ours, theirs


def paths_of(case, who=None):
    """As a party that sees it names them."""
    oid = case.see(who)["obligations"][-1]["id"]
    return [f"/v1/placements/{case.id}", f"/v1/placements/{case.id}/facts", f"/v1/placements/{case.id}/obligations/{oid}"]


def without_request_id(answer):
    return re.sub(answer.headers["X-Request-Id"], "", answer.text)


@pytest.mark.parametrize("who", EVERYBODY)
def test_one_sees_ones_own_placement_and_finds_nothing_of_others(live, two, who):
    ours, theirs = two
    client = live.client(who)
    for case, parties in ((ours, COUNCIL + LARCH), (theirs, SOUTHMERE + ALDER)):
        for path in paths_of(case, who if who in parties else None):
            answer = client.request("GET", path)
            assert answer.status == (200 if who in parties else 404), path
            if who not in parties:
                nowhere = client.request("GET", path.replace(case.id, str(uuid.uuid4())))
                assert without_request_id(answer) == without_request_id(nowhere)


@pytest.mark.parametrize("who", EVERYBODY)
def test_no_move_reaches_another_tenants_placement(live, two, who):
    for case, parties in ((two[0], COUNCIL + LARCH), (two[1], SOUTHMERE + ALDER)):
        if who in parties:
            continue
        before = case.fact_count()
        for move, body in (("acknowledge", {}), ("withdraw", {"reason": "funding"}), ("nonsense", {"x": 1}),
                           ("accept", {"terms_digest": case.digest()})):
            for headers in ({}, {"If-Match": '"v1"'}, {"If-Match": f'"{case.see()["version"]}"'}):
                answer = live.client(who).post(f"/v1/placements/{case.id}/moves", {"move": move, **body}, 404, headers)
                assert answer.code == "not_found"
        assert case.fact_count() == before


@pytest.mark.parametrize("who", EVERYBODY)
def test_lists_hold_ones_own_only(live, two, who):
    ours, theirs = two
    client = live.client(who)
    for path in LISTS:
        answer = client.get(path + ("&" if "?" in path else "?") + "limit=200")
        for case, parties in ((ours, COUNCIL + LARCH), (theirs, SOUTHMERE + ALDER)):
            if who not in parties:
                assert case.id not in answer.text and case.reference not in answer.text, path
    listed = [row["id"] for row in client.pages("/v1/placements")]
    assert listed == [case.id for case, parties in ((ours, COUNCIL + LARCH), (theirs, SOUTHMERE + ALDER))
                      if who in parties]


def test_filters_reach_no_further_than_the_list(live, two):
    ours, theirs = two
    for who, other in (("PROVIDER", theirs), ("OFFICER", theirs), ("PROVIDER2", ours), ("OFFICER2", ours), ("ADMIN", ours)):
        client = live.client(who)
        assert client.get("/v1/deliveries", placement=other.id).json["items"] == []
        assert client.get("/v1/placements", q=other.reference).json["items"] == []
        assert client.get("/v1/placements", provider=live.organisations["alder" if other is theirs else "larch"]
                          ).json["items"] == []


def test_organisations_and_homes_show_whom_one_deals_with(live, two):
    def seen(who, path):
        return {row["name"] for row in live.client(who).pages(path)}

    everybody = {"Operator", "Northfold Council", "Southmere Council", "Larch House Care", "Alder Grove Care",
                 "Fairhill Mediation"}
    assert seen("ADMIN", "/v1/organisations") == everybody
    assert seen("OFFICER", "/v1/organisations") == everybody - {"Operator"}
    assert seen("PROVIDER", "/v1/organisations") == {"Larch House Care", "Northfold Council"}
    assert seen("PROVIDER2", "/v1/organisations") == {"Alder Grove Care", "Southmere Council"}
    assert seen("MEDIATOR", "/v1/organisations") == {"Fairhill Mediation"}
    assert seen("PROVIDER", "/v1/homes") == {"Larch House"}
    assert seen("OFFICER", "/v1/homes") == {"Larch House", "Alder Grove"}
    for row in live.client("PROVIDER").pages("/v1/organisations"):
        if row["name"] != "Larch House Care":
            assert not {"email", "panel_weekday", "panel_threshold"} & set(row), row


def test_a_key_of_another_tenant_gives_away_nothing(live, two):
    key = str(uuid.uuid4())
    body = opening()
    headers = {"Idempotency-Key": key}
    first = live.client("OFFICER").post("/v1/placements", body, 201, headers).json
    second = live.client("OFFICER2").post("/v1/placements", body, 201, headers).json
    assert first["placement"] != second["placement"]
    colleague = live.client("SIGNATORY").post("/v1/placements", body, 409, headers)
    assert colleague.code == "role"  # the key is the officer's own, also within one organisation
    live.client("OFFICER").post(f"/v1/placements/{second['placement']}/moves", {"move": "withdraw", "reason": "funding"},
                                404, {"Idempotency-Key": str(uuid.uuid4()), "If-Match": '"v1"'})


def test_an_etag_of_another_tenant_gives_no_304(live, two):
    ours, _ = two
    etag = live.client("OFFICER").get(f"/v1/placements/{ours.id}").headers["ETag"]
    for header in (etag, "*"):
        answer = live.client("PROVIDER2").request("GET", f"/v1/placements/{ours.id}", headers={"If-None-Match": header})
        assert answer.status == 404


# -- What a provider never sees

def everything_sent_to(house, who, case):
    """Every kind of answer that party can get about the placement, in one text."""
    client = house.client(who)
    texts = [client.request("GET", path).text for path in LISTS + [
        f"/v1/placements/{case.id}", f"/v1/placements/{case.id}/facts?limit=200", "/v1/organisations", "/v1/homes"]]
    for obligation in client.get(f"/v1/placements/{case.id}").json["obligations"]:
        texts.append(client.get(obligation["href"]).text)
    for row in house.cluster.psql(f"select seq, n from obligation where stream_id = '{case.id}'", house.database):
        texts.append(client.request("GET", f"/v1/placements/{case.id}/obligations/{row[0]}.{row[1]}").text)
    for move in ("panel_decide", "withdraw", "calculate", "make_offer", "accept", "sign", "decline", "hold_review", "invite"):
        for version in ('"v0"', f'"{client.placement(case.id)["version"]}"'):
            texts.append(client.post(f"/v1/placements/{case.id}/moves", {"move": move, "nothing": 1}, None,
                                     {"If-Match": version}).text)
    return "\n".join(texts)


def mails_to(house, address):
    return "\n".join(m.raw.decode() for m in house.mails(address))


def assert_no_word_of(words, text):
    found = [word for word in words if word.lower() in text.lower()]
    assert not found, found


@pytest.mark.parametrize("stage", STAGES[STAGES.index("inviting"):])
def test_a_provider_sees_neither_limit_nor_panel_nor_identity(rehearsal, stage):
    house = rehearsal("2026-04-01 10:00")
    case = house.journey("with_panel")
    case.move("PANEL", "panel_decide", outcome="returned", reasons=PANEL_REASONS)
    case.move("OFFICER", "refer_to_panel", note=PANEL_NOTE)
    case.move("PANEL", "panel_decide", outcome="approved", limit_weekly=money(LIMIT), reasons=PANEL_REASONS)
    for name in STAGES[STAGES.index("inviting"):STAGES.index(stage) + 1]:
        if name == "negotiating":
            case.offer("OFFICER", "1695.00", above_guide_reason=ABOVE_GUIDE)
            case.move("OFFICER", "refer_to_panel", note=PANEL_NOTE)
            case.move("PANEL", "panel_decide", outcome="returned", reasons=PANEL_REASONS)
            case.offer("PROVIDER", "1694.00")
            continue
        if name == "signing":
            case.accept("OFFICER", above_guide_reason=ABOVE_GUIDE)
            continue
        getattr(case, "_to_" + name)()
    house.wait_quiet()
    sent = everything_sent_to(house, "PROVIDER", case) + mails_to(house, "fees@larchhouse.example")
    assert case.reference in sent
    assert_no_word_of([*PRIVATE_WORDS, *LIMIT_WORDS, "panel_decided", '"panel"', "approver", "Vole",
                       house.users["PANEL"]], sent)
    assert str(169000) in sent, "the guide is there for both sides"
    for word in (PANEL_NOTE, PANEL_REASONS, str(LIMIT), "Quillfeather"):
        assert word in everything_sent_to(house, "OFFICER", case), "the commissioner does see it"


def test_a_provider_sees_nothing_before_it_is_invited(live):
    case = live.journey("approved")
    live.wait_quiet()
    client = live.client("PROVIDER")
    for path in paths_of(case):
        client.get(path, 404)
    for path in LISTS:
        assert case.id not in client.get(path + ("&" if "?" in path else "?") + "limit=200").text
    assert live.cluster.psql(f"select 1 from delivery where placement_id = '{case.id}' and recipient_id = "
                             f"'{live.organisations['larch']}'", live.database) == []
    case.invite()
    seen = client.placement(case.id)
    assert seen["stage"] == "inviting" and "guide" in seen and "needs" in seen
    assert "panel_decided" not in [fact["kind"] for fact in client.pages(f"/v1/placements/{case.id}/facts")]


def frozen(house, who, case):
    client = house.client(who)
    seen = client.placement(case.id)
    return {
        "placement": seen,
        "facts": list(client.pages(f"/v1/placements/{case.id}/facts")),
        "row": [row for row in client.pages("/v1/placements") if row["id"] == case.id],
        "due": [row for query in ({}, {"owed": "to_me"}) for row in client.pages("/v1/obligations", state="all", **query)
                if row["placement"] == case.id],
        "told": [row["id"] for row in client.pages("/v1/deliveries", placement=case.id)],
    }


@pytest.mark.parametrize("how", ["declined", "lapsed"])
def test_a_provider_that_is_out_sees_nothing_later(rehearsal, how):
    house = rehearsal("2026-04-01 10:00")
    case = house.journey("inviting")
    if how == "declined":
        case.move("PROVIDER", "decline", reason="no_vacancy")
    else:
        house.go_to(house.at.replace(day=20))
    house.wait_quiet()
    before = frozen(house, "PROVIDER", case)
    assert before["placement"]["stage"] == "ended"
    assert before["placement"]["end_reason"] == how
    # a complaint of how it went is all that is left to it
    assert [row["move"] for row in before["placement"]["allowed_moves"]] == ["raise_complaint"]
    mails = mails_to(house, "fees@larchhouse.example")

    # Another is invited, and comes to an agreement that starts.
    case.provider, case.invited, case.home = "PROVIDER2", "alder", "Alder Grove"
    case.start = "2026-04-20"
    case.move("OFFICER", "describe_needs", **NEEDS)
    case.invite("alder", "Alder Grove")
    case.move("PROVIDER2", "ask", question="questiongerenuk")
    case.move("OFFICER", "answer", number=1, answer="answerhoatzin")
    for name in ("negotiating", "signing", "in_force"):
        getattr(case, "_to_" + name)()
    house.go_to(house.at.replace(month=5))
    case.move("PROVIDER2", "confirm_start", started="2026-04-20")
    house.go_to(house.at.replace(month=9))
    house.wait_quiet()

    after = frozen(house, "PROVIDER", case)
    assert after == before
    assert mails_to(house, "fees@larchhouse.example") == mails
    sent = everything_sent_to(house, "PROVIDER", case)
    for word in (house.organisations["alder"], house.homes["Alder Grove"], "questiongerenuk", "answerhoatzin", "160000"):
        assert word not in sent
    case.refused("PROVIDER", "acknowledge", "invitation_" + how)


def test_a_provider_invited_again_sees_its_old_strand_and_the_new(rehearsal):
    house = rehearsal("2026-04-01 10:00")
    case = house.journey("inviting")
    case.move("PROVIDER", "decline", reason="staffing")
    case.invite("alder", "Alder Grove")
    case.move("PROVIDER2", "decline", reason="price", detail="notejacana")
    case.invite()
    seen = case.see("PROVIDER")
    assert [thread["state"] for thread in seen["threads"]] == ["declined", "open"]
    sent = everything_sent_to(house, "PROVIDER", case)
    assert house.organisations["alder"] not in sent and "notejacana" not in sent
    assert [thread["state"] for thread in case.see()["threads"]] == ["declined", "declined", "open"]
    case.move("PROVIDER", "acknowledge")
    assert house.client("PROVIDER2").placement(case.id)["stage"] == "ended"


@pytest.mark.parametrize("how", ["declined", "lapsed", "withdrawn"])
def test_whom_it_is_over_for_reads_its_own_words_and_no_longer_the_persons(rehearsal, how):
    house = rehearsal("2026-04-01 10:00")
    case = house.journey("inviting")
    contact = "Cora Quince, 01632 960003"
    case.move("PROVIDER", "acknowledge", contact=contact)
    case.move("PROVIDER", "ask", question="questiongerenuk")
    case.move("OFFICER", "answer", number=1, answer="answerhoatzin")
    persons = ["ZQ", "taskaardvark", "outcomebilby", "measurecoati", "howdugong", "wordsechidna", "supportfossa"]
    before = everything_sent_to(house, "PROVIDER", case)
    for word in persons:
        assert word in before
    if how == "declined":
        case.move("PROVIDER", "decline", reason="no_vacancy", detail="notejacana")
    elif how == "withdrawn":
        case.move("OFFICER", "withdraw", reason="funding")
    else:
        house.go_to(house.at.replace(day=28))
    assert case.see("PROVIDER")["stage"] == "ended"
    sent = everything_sent_to(house, "PROVIDER", case)
    assert_no_word_of(persons, sent)
    for word in [contact, "questiongerenuk", "answerhoatzin"] + (["notejacana"] if how == "declined" else []):
        assert word in sent, word
    seen = case.see("PROVIDER")
    assert seen["person"]["initials"] is None
    assert seen["needs"]["needs"][0]["task"] is None and seen["needs"]["needs"][0]["area"] == "daily living"
    told = house.cluster.psql(f"select count(*) from personal_access where placement_id = '{case.id}'", house.database)
    for entry in range(1, 4):
        house.client("PROVIDER").get(f"/v1/placements/{case.id}/facts/{entry}")
    assert house.cluster.psql(f"select count(*) from personal_access where placement_id = '{case.id}'",
                              house.database) == told
    for word in persons:
        assert word in everything_sent_to(house, "OFFICER", case)


def test_the_providers_named_contact_is_read_by_both_sides_and_is_not_in_the_ledger(live):
    case = live.journey("inviting")
    case.move("PROVIDER", "acknowledge", contact="Cora Quince, 01632 960003")
    for who in ("OFFICER", "PROVIDER"):
        facts = list(live.client(who).pages(f"/v1/placements/{case.id}/facts"))
        assert [f["data"]["contact"] for f in facts if f["kind"] == "acknowledged"] == ["Cora Quince, 01632 960003"]
    assert live.cluster.psql(f"select 1 from fact where stream_id = '{case.id}' and body like '%Quince%'", live.database) == []


def test_whom_it_is_over_for_watches_nothing_that_is_owed_on_the_placement(rehearsal):
    house = rehearsal("2026-04-01 10:00")
    case = house.journey("negotiating")
    case.move("OFFICER", "refer_to_panel")

    def panel(who):
        provider = house.client(who)
        listed = [row for row in provider.pages("/v1/obligations", owed="to_me", state="all") if row["placement"] == case.id]
        return [o["duty"] for o in case.see(who)["obligations"] + listed if o["duty"] == "decide_at_panel" and o["state"] == "open"]

    assert panel("PROVIDER") == ["decide_at_panel"] * 2
    href = [o["href"] for o in case.see("PROVIDER")["obligations"] if o["duty"] == "decide_at_panel"][0]
    case.move("PROVIDER", "withdraw_offer", reason="notejacana")
    house.go_to(house.at.replace(month=6))
    assert case.see("PROVIDER")["stage"] == "ended", case.see("PROVIDER")["stage"]
    assert panel("PROVIDER") == []
    house.client("PROVIDER").get(href, 404)


# -- Auditor

@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("who", ["AUDITOR", "COUNCIL_ADMIN"])
def test_an_auditor_and_an_administrator_read_what_the_commissioner_reads_and_move_nothing(live, stage, who):
    case = live.journey(stage)
    seen, officers = case.see(who), case.see()
    assert seen["allowed_moves"] == []
    seen.pop("allowed_moves"), officers.pop("allowed_moves")
    assert seen == officers
    before = case.fact_count()
    bodies = {
        "describe_needs": NEEDS, "record_involvement": {"purpose": "signature", "took_part": "fully", "how": "x"},
        "calculate": {"model": "residential-ld", "version": "0.1", "inputs": {}}, "refer_to_panel": {},
        "panel_decide": {"outcome": "returned", "reasons": "x"}, "acknowledge": {}, "withdraw": {"reason": "funding"},
        "invite": {"provider": live.organisations["larch"]}, "make_offer": {"terms": terms()}, "ask": {"question": "x"},
        "withdraw_offer": {}, "reject": {"reason": "price"}, "accept": {"terms_digest": "a" * 64},
        "sign": {"terms_digest": "a" * 64}, "confirm_start": {"started": "2026-01-01"},
    }
    for move, body in bodies.items():
        problem = case.move(who, move, 409, **body).json
        assert problem["code"] == "side" and problem["allowed_moves"] == []
    assert case.fact_count() == before


# -- In SQL too

RLS = ["stream", "fact", "placement", "placement_party", "obligation", "personal_text", "person", "delivery",
       "delivery_attempt", "dispatch", "message_rule", "message_reader", "idempotency", "personal_access", "contact"]
MAY_BE_EMPTY = ("delivery_attempt", "dispatch", "message_rule", "message_reader", "contact")


def as_reader(house, organisation, sql):
    """None: the setting is not there at all."""
    setting = "" if organisation is None else f" options='-c concordat.organisation={organisation}'"
    return house.cluster.psql(sql, house.database, "concordat_reader" + setting)


def test_the_reader_role_sees_only_the_organisations_rows(live, two):
    ours, theirs = two
    for organisation, mine, other in (("council", ours, theirs), ("larch", ours, theirs), ("southmere", theirs, ours),
                                      ("alder", theirs, ours)):
        for table in ("fact", "obligation", "personal_text", "stream"):
            found = as_reader(live, live.organisations[organisation], f"select distinct stream_id from {table}")
            ids = [row[0] for row in found]
            assert mine.id in ids and other.id not in ids, (table, organisation)
        for table, column in (("placement", "id"), ("placement_party", "placement_id"), ("delivery", "placement_id")):
            found = as_reader(live, live.organisations[organisation], f"select distinct {column} from {table}")
            ids = [row[0] for row in found]
            assert mine.id in ids and other.id not in ids, (table, organisation)
    own = as_reader(live, live.organisations["alder"], "select distinct organisation_id from placement_party")
    assert own == [[live.organisations["alder"]]]


@pytest.mark.parametrize("table", [table for table in RLS if table != "personal_access"])
def test_without_an_organisation_the_reader_role_sees_nothing(live, two, table):
    for organisation in (None, "", "00000000-0000-0000-0000-000000000000", live.organisations["fairhill"]):
        assert as_reader(live, organisation, f"select count(*) from {table}") == [["0"]]
    assert int(live.cluster.psql(f"select count(*) from {table}", live.database)[0][0]) > 0 or table in MAY_BE_EMPTY


@pytest.mark.parametrize("table", ["app_user", "token"])
def test_the_reader_role_knows_no_persons_and_no_tokens(live, table):
    with pytest.raises(ClusterError, match="permission denied"):
        as_reader(live, live.organisations["council"], f"select count(*) from {table}")


@pytest.mark.parametrize("table", RLS + ["organisation", "app_user", "membership", "token", "authority", "log_head"])
def test_the_reader_role_changes_nothing(live, table):
    for sql in (f"delete from {table}", f"update {table} set {first_column(live, table)} = {first_column(live, table)}",
                f"truncate {table}"):
        with pytest.raises(ClusterError, match="permission denied"):
            as_reader(live, live.organisations["council"], sql)


def first_column(house, table):
    return house.cluster.psql(f"select attname from pg_attribute where attrelid = '{table}'::regclass and attnum = 1",
                              house.database)[0][0]


def test_the_service_role_neither_changes_nor_takes_away_a_fact(live, two):
    # It may take away a sealed text: that is how one is redacted. The fact and its digest stay.
    for sql in ("delete from fact", "update fact set body = body", "truncate fact",
                "update personal_text set sealed = sealed", "delete from placement", "delete from delivery",
                "alter table fact disable row level security", "drop table fact"):
        with pytest.raises(ClusterError, match="permission denied|must be owner"):
            live.cluster.psql(sql, live.database, "concordat_service")


def test_every_table_about_a_placement_is_under_row_level_security(live):
    keyed = live.cluster.psql(
        "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' "
        "and c.relkind = 'r' and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname in "
        "('stream_id', 'placement_id', 'person_id')) and not c.relrowsecurity", live.database)
    assert keyed == []


def test_a_question_has_its_own_clock_that_a_third_party_never_sees(rehearsal):
    house = rehearsal("2026-04-01 10:00")
    case = house.journey("inviting")
    case.move("PROVIDER", "ask", question="questiongerenuk")
    due = case.expect_due("answer", five_pm("2026-04-08"), owed_by="commissioner")
    own = case.obligation("answer", "PROVIDER")["href"]  # under the provider's own number of the entry
    assert house.client("PROVIDER").get(own).json["due_at"] == due["due_at"]
    for href in (due["href"], own):
        house.client("PROVIDER2").get(href, 404)
        house.client("OFFICER2").get(href, 404)
