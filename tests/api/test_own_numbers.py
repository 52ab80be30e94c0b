"""A party's own numbers: it counts the entries it may see, so that no gap betrays a hidden one."""

import uuid

import pytest



@pytest.fixture(scope="module")
def case(live):
    """Another provider was asked first, and the panel looked twice: the provider knows of neither."""
    case = live.journey("approved")
    case.move("OFFICER", "invite", provider=live.organisations["alder"], home=live.homes["Alder Grove"])
    case.move("PROVIDER2", "decline", reason="no_vacancy")
    case._to_inviting()
    case._to_negotiating()
    case.move("OFFICER", "refer_to_panel")
    case.move("PANEL", "panel_decide", outcome="returned", reasons="not yet")
    case.move("OFFICER", "ask", question="Is there a lift?")
    return case


def everything_in(value):
    """Every object anywhere in it."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else []:
        yield from everything_in(inner)


@pytest.mark.parametrize("who", ["OFFICER", "PROVIDER", "PROVIDER2"])
def test_the_history_is_numbered_without_a_gap_and_every_number_leads_to_its_entry(live, case, who):
    client = live.client(who)
    path = f"/v1/placements/{case.id}/facts"
    history = list(client.pages(path, limit=3))
    assert [item["entry"] for item in history] == list(range(1, len(history) + 1))
    assert len(history) == client.placement(case.id)["entries"]
    for item in history:
        assert client.get(f"{path}/{item['entry']}").json == item
    for number in (len(history) + 1, 0, -1, "01", "1.0", "x", 2**31, 2**63):
        assert client.get(f"{path}/{number}", expect=404).code == "not_found"


def test_the_provider_sees_fewer_entries_than_there_are(live, case):
    assert case.see("OFFICER")["entries"] == case.fact_count()
    # the first invitation, its refusal, the panel's two decisions
    assert case.see("PROVIDER")["entries"] == case.fact_count() - 4


@pytest.mark.parametrize("who", ["OFFICER", "PROVIDER", "PROVIDER2"])
def test_no_answer_names_an_entry_beyond_the_partys_own(live, case, who):
    client = live.client(who)
    view = client.placement(case.id)
    answers = [view, list(client.pages(f"/v1/placements/{case.id}/facts"))]
    for item in everything_in(answers):
        assert "seq" not in item
        named = item.get("entry", 1)
        assert 1 <= named <= view["entries"], item


@pytest.mark.parametrize("who", ["PROVIDER", "PROVIDER2"])
def test_a_provider_counts_its_own_strands_alone(live, case, who):
    client = live.client(who)
    view = client.placement(case.id)
    history = list(client.pages(f"/v1/placements/{case.id}/facts"))
    assert [thread["number"] for thread in view["threads"]] == [1]
    assert [party["thread"] for party in view["parties"] if "thread" in party] == [1]
    named = [item["thread"] for item in everything_in([view, history]) if "thread" in item]
    assert len(named) > 3 and set(named) <= {0, 1}, "0 is the placement as a whole"
    assert {thread["number"] for thread in case.see("OFFICER")["threads"]} == {1, 2}


def test_an_agreement_is_of_the_providers_own_strand(live):
    case = live.journey("approved")
    case.move("OFFICER", "invite", provider=live.organisations["alder"], home=live.homes["Alder Grove"])
    case.move("PROVIDER2", "decline", reason="no_vacancy")
    for stage in ("inviting", "negotiating", "signing", "in_force"):
        getattr(case, "_to_" + stage)()
    assert [case.see(who)["agreements"][0]["thread"] for who in ("PROVIDER", "OFFICER")] == [1, 2]


def test_a_move_names_a_strand_by_its_movers_own_number(live, case):
    case.refused("PROVIDER", "send_message", "thread_known", pointer="/thread", message="To the second", thread=2)
    case.move("PROVIDER", "send_message", message="To the first", thread=1)
    case.move("OFFICER", "send_message", message="To the second", thread=2)
    assert [m["thread"] for m in case.see("PROVIDER")["messages"]] == [1, 1]
    assert [m["thread"] for m in case.see("OFFICER")["messages"]] == [2, 2]


@pytest.mark.parametrize("who", ["OFFICER", "PROVIDER"])
def test_an_obligation_has_one_id_in_the_view_the_lists_and_the_history(live, case, who):
    client = live.client(who)
    view = client.placement(case.id)
    shown = {o["id"]: o for o in view["obligations"]}
    listed = [row for owed in ("by_me", "to_me")
              for row in client.pages("/v1/obligations", owed=owed, state="all", limit=1)
              if row["placement"] == case.id]
    assert listed
    for row in listed:
        assert shown[row["id"]]["duty"] == row["duty"] and shown[row["id"]]["state"] == row["state"], row
        assert client.get(row["href"]).json["id"] == row["id"]
    for identifier, obligation in shown.items():
        assert client.get(obligation["href"]).json["duty"] == obligation["duty"]
        entry, n = identifier.split(".")
        opening = client.get(f"/v1/placements/{case.id}/facts/{entry}").json
        assert {o["n"]: o["duty"] for o in opening["opens"]}[int(n)] == obligation["duty"]
    changed = {f"{c['entry']}.{c['n']}" for fact in client.pages(f"/v1/placements/{case.id}/facts")
               for c in fact.get("closes", []) + fact.get("changes", [])}
    assert {i for i, o in shown.items() if o["state"] != "open"} <= changed


def test_a_receipt_names_the_movers_own_entries_and_so_does_its_repeat(live, case):
    client = live.client("PROVIDER")
    key, before = str(uuid.uuid4()), case.see("PROVIDER")
    body = {"number": 1, "answer": "There are two."}
    first = client.move(case.id, "answer", body, version=before["version"], key=key)
    assert first.json["entries"] == [before["entries"] + 1]
    assert client.get(f"/v1/placements/{case.id}/facts/{before['entries'] + 1}").json["kind"] == "answered"
    case.move("OFFICER", "refer_to_panel")
    case.move("PANEL", "panel_decide", outcome="returned", reasons="not yet")
    case.offer("OFFICER", "1610.00")
    again = client.move(case.id, "answer", body, version=before["version"], key=key)
    assert again.body == first.body
