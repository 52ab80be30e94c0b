"""A round's comparison: every offer of a strand line by line, with the same bytes to both sides."""

import uuid

import pytest

from support.house import london, money
from support.journey import INPUTS, LINE_REASON, MODEL, line, reasons_for, terms

COUNCIL = ["OFFICER", "PANEL", "SIGNATORY", "AUDITOR", "MANAGER"]
LARCH = ["PROVIDER", "PROVIDER_SIGNATORY"]
STRANGERS = ["PROVIDER2", "OFFICER2", "MEDIATOR"]
GUIDE = {"low": 152400, "mid": 160400, "high": 169000}


def path_of(case, number=1, rest=""):
    return f"/v1/placements/{case.id}/rounds/{number}/comparison{rest}"


def compared(case, who="OFFICER", rest="", expect=200, number=1):
    return case.house.client(who).get(path_of(case, number, rest), expect)


def figures(of, *names):
    """Pence by name; None where there is none."""
    return tuple(of[name]["amount"] if name in of else None for name in names)


def rows(offer):
    """Its own lines and those taken out; what only the guide has comes behind."""
    return [row for row in offer["comparison"]["lines"] if "weekly" in row or "answer" in row or "moved" in row]


def put(case, *lines):
    return {**terms(start=case.start), "lines": list(lines)}


def counter(case, who, asked, **reasons):
    return case.move(who, "make_offer", terms=asked,
                     line_reasons=[{"key": key, "reason": reason} for key, reason in reasons.items()])


@pytest.fixture(scope="module")
def three(live):
    """Three offers; lines are accepted, moved, added and taken out."""
    case = live.journey("inviting")
    case.move("PROVIDER", "make_offer", covering_note="notejacana", terms=put(
        case, line("core", "week", "1", "1500.00"), line("nights", "night", "7", "30.00"),
        line("drives", "visit", "2", "12.50")))
    counter(case, "OFFICER", put(
        case, line("core", "week", "1", "1380.00"), line("nights", "night", "7", "30.00"),
        line("swimming", "visit", "1", "18.00")),
        core="The guide has it so", drives="Her sister drives her", swimming="She asked for it")
    counter(case, "PROVIDER", put(
        case, line("core", "week", "1", "1410.00"), line("nights", "night", "7", "30.00"),
        line("swimming", "visit", "1", "18.00")), core="Half way")
    return case


# -- Figures

def test_every_offer_stands_beside_the_guide_the_one_before_and_the_other_side(three):
    answer = compared(three).json
    assert (answer["placement"], answer["round"], answer["kind"]) == (three.id, 1, "initial")
    assert answer["provider"] == three.house.organisations["larch"]
    assert answer["sealed"] is False
    guide = answer["guide"]
    assert figures(guide, "low", "mid", "high") == tuple(GUIDE.values())
    assert (guide["model"], guide["version"], guide["calculation"]) == (MODEL["model"], MODEL["version"], 1)
    first, second, third = answer["offers"]
    assert [o["number"] for o in answer["offers"]] == [1, 2, 3]
    assert [o["side"] for o in answer["offers"]] == ["provider", "commissioner", "provider"]
    assert [o["state"] for o in answer["offers"]] == ["countered", "countered", "open"]
    assert [figures(o, "weekly") for o in answer["offers"]] == [(173500,), (160800,), (163800,)]
    assert [o.get("answers") for o in answer["offers"]] == [None, 1, 2]
    assert all(o["guide"] == guide for o in answer["offers"])
    assert [o["terms_digest"] for o in answer["offers"]] == [
        o["terms_digest"] for o in three.see()["threads"][0]["offers"]]
    names = "to_guide_mid", "to_previous", "gap"
    assert figures(first["comparison"], *names) == (13100, None, None)
    assert figures(second["comparison"], *names) == (400, -12700, 12700)
    assert figures(third["comparison"], *names) == (3400, 3000, 3000)
    assert [o["comparison"]["beside_guide"] for o in answer["offers"]] == ["above", "within", "within"]
    assert [o["comparison"].get("compared_with") for o in answer["offers"]] == [None, 1, 2]
    assert answer["gap"] == money(3000)


def test_each_line_says_what_it_is_what_becomes_of_it_and_why(three):
    first, second, third = compared(three, "PROVIDER").json["offers"]
    assert [(row["key"], *figures(row, "weekly", "moved"), row.get("answer")) for row in rows(first)] == [
        ("core", 150000, None, None), ("nights", 21000, None, None), ("drives", 2500, None, None)]
    assert [(row["key"], *figures(row, "weekly", "moved"), row["answer"], row.get("reason")) for row in rows(second)] == [
        ("core", 138000, -12000, "moved", "The guide has it so"), ("nights", 21000, 0, "accepted", None),
        ("swimming", 1800, 1800, "added", "She asked for it"), ("drives", None, -2500, "removed", "Her sister drives her")]
    assert [(row["key"], *figures(row, "weekly", "moved"), row["answer"], row.get("reason")) for row in rows(third)] == [
        ("core", 141000, 3000, "moved", "Half way"), ("nights", 21000, 0, "accepted", None),
        ("swimming", 1800, 0, "accepted", None)]
    assert {name: rows(first)[1][name] for name in ("unit", "quantity", "rate", "label")} == {
        "unit": "night", "quantity": "7.00", "rate": "30.00", "label": "nights"}
    gone = rows(second)[3]
    assert not {"unit", "quantity", "rate", "weekly"} & set(gone) and gone["label"] == "drives"
    for offer in (first, second, third):
        assert sum(figures(row, "moved")[0] or 0 for row in rows(offer)) == (figures(offer["comparison"], "to_previous")[0] or 0)


def test_a_line_stands_beside_the_guides_line_of_its_key(live):
    case = live.journey("inviting")
    guide = live.client("OFFICER").get(f"/v1/placements/{case.id}/calculations/1").json
    theirs = next(row for row in guide["workings"] if row.get("in_fee"))
    case.move("PROVIDER", "make_offer", terms=put(
        case, line("extra", "week", "1", "25.00"), line(theirs["key"], "week", "1", theirs["mid"])))
    offer = compared(case).json["offers"][0]
    beside = live.client("OFFICER").get(f"/v1/placements/{case.id}/calculations/1/comparison?offer=1").json
    names = "guide_low", "guide_mid", "guide_high", "to_mid"
    assert [(row["key"], row["beside"], *figures(row, *names)) for row in offer["comparison"]["lines"]] == [
        (row["key"], row["beside"], *figures(row, *names)) for row in beside["lines"]]
    assert [row["beside"] for row in rows(offer)] == ["no_guide", "within"]


def test_the_placement_shows_the_same_beside_each_offer(three):
    answer = compared(three).json
    for who in ("OFFICER", "PROVIDER"):
        shown = three.see(who)["threads"][0]["offers"]
        assert [offer["comparison"] for offer in shown] == [offer["comparison"] for offer in answer["offers"]]
        assert [[(one["key"], one["what"]) for one in offer.get("line_answers", [])] for offer in shown] == [
            [(row["key"], row["answer"]) for row in rows(offer) if "answer" in row] for offer in answer["offers"]]
    assert shown[1]["answers"] == 1 and "answers" not in shown[0]


def test_assumptions_and_workings_are_a_link_away_for_both(three):
    guide = compared(three).json["guide"]
    for who in ("OFFICER", "PROVIDER"):
        model = three.house.client(who).get(guide["document"]).json
        assert (model["id"], model["version"]) == (guide["model"], guide["version"]) and model["assumptions"]
        workings = three.house.client(who).get(guide["workings"]).json
        assert workings["same"] is True and workings["weekly_mid"] == guide["mid"]


def test_a_newer_calculation_stands_beside_later_offers_only(live):
    case = live.journey("negotiating")
    case.move("OFFICER", "calculate", **MODEL, inputs=INPUTS | {"miles": "60"})
    case.offer("OFFICER", "1590.00")
    answer = compared(case, "PROVIDER").json
    assert [offer["guide"]["calculation"] for offer in answer["offers"]] == [1, 2]
    assert answer["guide"] == answer["offers"][1]["guide"] != answer["offers"][0]["guide"]
    for offer in answer["offers"]:
        assert figures(offer["comparison"], "to_guide_mid")[0] == offer["weekly"]["amount"] - offer["guide"]["mid"]["amount"]
    assert compared(case).body == compared(case, "PROVIDER").body


def test_what_follows_a_withdrawal_answers_nothing_and_is_still_compared(live):
    case = live.journey("negotiating")
    case.move("PROVIDER", "withdraw_offer")
    case.offer("PROVIDER", "1590.00")
    first, second = compared(case).json["offers"]
    assert (first["state"], second["state"]) == ("withdrawn", "open")
    assert "answers" not in second and second["comparison"]["compared_with"] == 1
    assert figures(second["comparison"], "to_previous", "gap") == (-1000, None)
    assert "answer" not in rows(second)[0] and rows(second)[0]["moved"] == money(-1000)


def test_before_any_offer_there_is_the_guide(live):
    case = live.journey("inviting")
    for who in ("OFFICER", "PROVIDER"):
        answer = compared(case, who).json
        assert answer["offers"] == [] and "gap" not in answer and answer["guide"]["mid"] == money(GUIDE["mid"])
    early = live.journey("approved")
    answer = compared(early).json
    assert "provider" not in answer and answer["offers"] == []


# -- Reasons

def test_a_counter_offer_without_a_reason_is_told_which_lines_lack_one(live):
    case = live.journey("negotiating")
    asked = put(case, line("core", "week", "1", "1500.00"), line("drives", "visit", "2", "12.50"))
    problem = case.refused("OFFICER", "make_offer", "lines_answered", pointer="/line_reasons", terms=asked)
    assert "core, drives" in problem["detail"]
    problem = case.refused("OFFICER", "make_offer", "lines_answered", pointer="/line_reasons", terms=asked,
                           line_reasons=[{"key": "core", "reason": "x"}])
    assert "core" not in problem["detail"] and "drives" in problem["detail"]
    for index, key in enumerate(("nights", "core")):
        wrong = [{"key": "core", "reason": "x"}, {"key": "drives", "reason": "x"}, {"key": key, "reason": "x"}]
        case.refused("OFFICER", "make_offer", "lines_answered", pointer="/line_reasons/2/key", terms=asked, line_reasons=wrong)
    case.refused("OFFICER", "make_offer", "lines_answered", pointer="/line_reasons/0/key",
                 terms=terms(start=case.start), line_reasons=[{"key": "core", "reason": "x"}])
    case.offer("OFFICER", "1500.00")


def test_reasons_are_read_by_both_and_lie_encrypted(live):
    case = live.journey("negotiating")
    case.offer("OFFICER", "1500.00")
    for who in COUNCIL + LARCH:
        assert rows(compared(case, who).json["offers"][1])[0]["reason"] == LINE_REASON
    assert LINE_REASON not in str(live.cluster.psql(f"select body, header from fact where stream_id = '{case.id}'", live.database))


def test_only_the_reasons_are_read_and_the_reading_is_recorded(three):
    house = three.house
    def readings():
        return [int(row[0]) for row in house.cluster.psql(
            f"select texts from personal_access where placement_id = '{three.id}' order by read_at", house.database)]

    before = readings()
    assert "notejacana" not in compared(three).text
    assert readings() == [*before, 4]  # three of the one counter-offer, one of the other


# -- The same to both

def test_both_sides_get_the_same_bytes(three, live):
    assert len({compared(three, who).body for who in COUNCIL + LARCH}) == 1
    assert compared(three, "OFFICER", "?thread=1").body == compared(three).body
    private = live.journey("negotiating")
    private.offer("OFFICER", "1695.00", above_guide_reason="aboveguidenumbat")
    assert len({compared(private, who).body for who in COUNCIL + LARCH}) == 1
    assert "aboveguidenumbat" not in compared(private).text


def test_the_settlement_of_a_mediator_is_among_the_offers(live):
    case = live.journey("negotiating")
    case.offer("OFFICER", "1500.00")
    case.move("PROVIDER", "propose_mediation", appointing_body="Fairhill Mediation", commissioner_share="50")
    case.move("OFFICER", "consent_to_mediation")
    case.move("OFFICER", "nominate_mediator", mediator=live.organisations["fairhill"])
    case.move("PROVIDER", "agree_mediator")
    case.move("MEDIATOR", "propose_settlement", terms=terms("1550.00", case.start))
    answer = compared(case).json
    settlement = answer["offers"][2]
    assert (settlement["side"], settlement["state"], settlement["weekly"]) == ("mediator", "open", money(155000))
    assert "answers" not in settlement and "answer" not in rows(settlement)[0]
    assert figures(settlement["comparison"], "to_previous", "gap") == (5000, 10000)  # the sides are no nearer by it
    assert len({compared(case, who).body for who in ("OFFICER", "PROVIDER", "MEDIATOR")}) == 1
    case.move("MEDIATOR", "conclude_mediation", outcome="not_settled")
    # The council's offer is on the table again, and it is that one that a counter-offer answers.
    case.move("PROVIDER", "make_offer", terms=terms("1520.00", case.start),
              **reasons_for(terms("1500.00"), terms("1520.00")))
    last = compared(case).json["offers"][3]
    assert (last["answers"], last["comparison"]["compared_with"]) == (2, 2)
    assert figures(last["comparison"], "to_previous", "gap") == (2000, 2000)


# -- Who may

@pytest.mark.parametrize("who", STRANGERS)
def test_a_stranger_finds_nothing(three, who):
    client, nowhere = three.house.client(who), str(uuid.uuid4())
    for number, rest in ((1, ""), (1, "?thread=1"), (1, "?thread=x"), (2, "")):
        here = client.get(path_of(three, number, rest), 404)
        there = client.get(path_of(three, number, rest).replace(three.id, nowhere), 404)
        assert here.text.replace(here.headers["X-Request-Id"], "") == there.text.replace(there.headers["X-Request-Id"], "")


def test_a_rival_is_not_there_and_neither_are_its_offers(live):
    other = live.journey("inviting")
    other.move("PROVIDER", "decline", reason="price")
    other.invite("alder", "Alder Grove")
    other.offer("PROVIDER2", "1500.00")
    assert compared(other).body == compared(other, "PROVIDER2").body == compared(other, "OFFICER", "?thread=2").body
    # the second to the commissioner, and to the provider its first
    assert compared(other, "PROVIDER2", "?thread=1").body == compared(other).body
    assert compared(other, "PROVIDER2").json["provider"] == live.organisations["alder"]
    assert compared(other, "PROVIDER").json["offers"] == []
    assert compared(other, "PROVIDER").json["provider"] == live.organisations["larch"]
    assert compared(other, "PROVIDER").body == compared(other, "OFFICER", "?thread=1").body
    compared(other, "PROVIDER", "?thread=2", 404)
    compared(other, "PROVIDER2", "?thread=2", 404)


def test_what_is_not_there_and_what_does_not_fit(three):
    for who in ("OFFICER", "PROVIDER"):
        for number in ("0", "2", "01", "x", "1e0", "99999999999"):
            compared(three, who, number=number, expect=404)
        for thread in ("2", "99"):
            compared(three, who, f"?thread={thread}", 404)
        for thread in ("0", "x", "-1", "1.0"):
            problem = compared(three, who, f"?thread={thread}", 400).json
            assert [error["pointer"] for error in problem["errors"]] == ["/thread"]
        assert compared(three, who, "?offer=1", 400).json["code"] == "query_unknown"


def test_while_sealed_only_their_maker_sees_what_was_offered(rehearsal):
    house = rehearsal("2026-04-01 10:00")
    case = house.journey("approved")
    for whom, home in (("larch", "Larch House"), ("alder", "Alder Grove")):
        case.move("OFFICER", "invite", provider=house.organisations[whom], home=house.homes[home], closes="2026-04-20")
    case.move("PROVIDER", "make_offer", terms=terms("1777.77", case.start))
    case.move("PROVIDER2", "make_offer", terms=terms("1666.66", case.start))
    assert compared(case, "OFFICER", expect=400).json["errors"][0]["pointer"] == "/thread"
    for who in COUNCIL:
        sealed = compared(case, who, "?thread=1").json
        assert sealed["sealed"] is True and "gap" not in sealed
        assert [set(offer) for offer in sealed["offers"]] == [{"number", "side", "made_at"}]
    own = compared(case, "PROVIDER").json
    assert own["sealed"] is True and own["offers"][0]["weekly"] == money(177777)
    assert "1666" not in compared(case, "PROVIDER").text and "1777" not in compared(case, "PROVIDER2").text
    compared(case, "PROVIDER", "?thread=2", 404)
    house.go_to(london("2026-04-20 17:05"))
    for number, who in ((1, "PROVIDER"), (2, "PROVIDER2")):
        opened = compared(case, "OFFICER", f"?thread={number}")
        assert opened.json["sealed"] is False and opened.body == compared(case, who).body


# -- The document

def test_the_document_describes_the_answer(three):
    client = three.house.client("OFFICER")
    document = client.get("/openapi.json").json
    operation = document["paths"]["/v1/placements/{id}/rounds/{n}/comparison"]["get"]
    schema = document["components"]["schemas"]["round_comparison"]
    assert "round_comparison" in str(operation["responses"]["200"])
    assert set(compared(three).json) <= set(schema["properties"])
    assert {parameter["name"] for parameter in operation["parameters"]} == {"id", "n", "thread"}
