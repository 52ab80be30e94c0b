"""A mini-competition: three providers, offers sealed until the closing instant, and nothing of one ever shown to another.

Every text and price of each is a word that nobody else would write. After each step every party reads all it can, and is
looked through for what it may not know; so are the e-mails.
"""

import json
import re

import pytest

from support.house import london, money
from support.journey import CASE_REFERENCE, GUIDE_HIGH, LIMIT, NAME, terms

OPENED, CLOSES = "2026-04-01", "2026-04-20"
WHO = ("PROVIDER", "PROVIDER2", "PROVIDER3")
HOUSES = {"PROVIDER": ("larch", "Larch House"), "PROVIDER2": ("alder", "Alder Grove"), "PROVIDER3": ("rowan", "Rowan Bank")}
MAIL = {"PROVIDER": "fees@larchhouse.example", "PROVIDER2": "fees@aldergrove.example", "PROVIDER3": "fees@rowanbank.example"}
COUNCIL = "placements@northfold.example"
# The price offered, the price taken back before, the last day it stands, and the stem of all that is said.
OFFERS = {
    "PROVIDER": ("1611.37", "1711.83", "2026-06-11", "quokka"),
    "PROVIDER2": ("1622.59", "1722.91", "2026-06-12", "tapir"),
    "PROVIDER3": ("1633.71", "1733.17", "2026-06-15", "vicuna"),
}
KINDS = ("note", "clause", "question", "answer", "contact", "message", "withdrawn", "takenback", "detail", "how", "title",
         "reasons", "declined")


def said(who, kind):
    assert kind in KINDS
    return OFFERS[who][3] + kind


def words_of_price(price):
    return [price, price.replace(".", ""), f"{price[0]},{price[1:]}"]


def words_of_day(day):
    return [day, f"{int(day[-2:])} June 2026"]


class Competition:
    """A placement whose three providers are invited until one closing day, at a house in rehearsal."""

    def __init__(self, house, invited=WHO):
        self.house, self.invited = house, invited
        house._organisation("rowan", kind="provider", name="Rowan Bank Care", email=MAIL["PROVIDER3"])
        house._home("Rowan Bank", "rowan", "1-100000003")
        house._people({"PROVIDER3": ("rowan", "Rhona Birch", ["negotiator", "signatory"])})
        self.case = house.journey("approved")
        self.digests = {who: [] for who in WHO}  # of its sealed offers: no less telling than the terms
        for who in invited:
            organisation, home = HOUSES[who]
            self.case.move("OFFICER", "invite", provider=house.organisations[organisation], home=house.homes[home],
                           closes=CLOSES)

    def strand(self, who):
        return self.invited.index(who) + 1

    def at(self, text):
        self.house.go_to(london(text))

    def put(self, who, price=None, note="note", **changed):
        offered, _, day, _ = OFFERS[who]
        body = terms(price or offered, self.case.start)
        body["clauses"] = [{"key": "own", "text": said(who, "clause")}]
        self.case.move(who, "make_offer", terms=body, covering_note=said(who, note), valid_until=day, **changed)
        self.digests[who].append(self.case.see(who)["threads"][-1]["offers"][-1]["terms_digest"])

    def talk(self, who):
        """All that one says beside its offer, and what the council says to it."""
        self.case.move(who, "acknowledge", contact=said(who, "contact"))
        self.case.move(who, "ask", question=said(who, "question"))
        number = len(self.case.see(who)["threads"][-1]["questions"])
        self.case.move("OFFICER", "answer", number=number, answer=said(who, "answer"), thread=self.strand(who))
        self.case.move(who, "send_message", message=said(who, "message"))
        self.case.move(who, "record_involvement", purpose="calculation", took_part="fully", how=said(who, "how"))

    def marks(self, *who):
        return [{"thread": self.strand(one), "quality": f"{50 + 3 * WHO.index(one)}.25", "price": "30",
                 "reasons": said(one, "reasons")} for one in who]

    def choose(self, chosen, *running, expect=200, **body):
        return self.case.move("OFFICER", "choose_provider", expect, **{
            "chosen": self.strand(chosen), "scores": self.marks(*running), "person_choice": "choicemarmot", **body})

    # -- Looking

    def everything(self, who):
        """All that one can read of it, each answer with its path."""
        client, path = self.house.client(who), f"/v1/placements/{self.case.id}"
        answers = {}

        def get(address, **query):
            answer = client.get(address, expect=(200, 304, 400, 403, 404), **query)
            answers[address + str(query or "")] = answer.text
            return answer

        view = get(path).json
        get(path + "/facts", limit=200)
        for entry in range(1, view["entries"] + 1):
            get(f"{path}/facts/{entry}")
        for obligation in view["obligations"]:
            get(obligation["href"])
        get(path + "/calculations/1")
        for strand in (None, 1, 2, 3):
            named = {} if strand is None else {"thread": strand}
            get(f"{path}/rounds/1/comparison", **named)
            for offer in (1, 2, 3):
                get(f"{path}/calculations/1/comparison", offer=offer, **named)
        for sort in ("reference", "changed", "due"):
            get("/v1/placements", sort=sort)
        for owed in ("by_me", "to_me"):
            get("/v1/obligations", owed=owed, state="all")
        get("/v1/deliveries", limit=200)
        answers["preview"] = client.post("/v1/uplifts/preview", {"figures": {
            "from": "2027-04-01", "rises": [{"index": "cpi", "percent": "3"}]}}).text
        answers["refused"] = client.move(self.case.id, "sign", {"terms_digest": "f" * 64}, expect=(403, 409)).text
        return answers

    def offer_words(self, who):
        """What its offers say, that lie sealed or were taken back."""
        price, _, day, _ = OFFERS[who]
        return [*words_of_price(price), *words_of_day(day), said(who, "note"), said(who, "clause"), *self.digests[who][-1:]]

    def taken_back_words(self, who):
        return [*words_of_price(OFFERS[who][1]), said(who, "takenback"), said(who, "withdrawn"), *self.digests[who][:-1]]

    def all_words(self, who):
        """All that a rival may never hear, who it is included."""
        organisation, home = HOUSES[who]
        own = [self.house.organisations[organisation], self.house.homes[home], self.house.users[who], home, MAIL[who]]
        return [*self.offer_words(who), *self.taken_back_words(who), *[said(who, kind) for kind in KINDS], *own]

    def mails_to(self, address):
        return {f"mail {m.subject}": m.raw.decode("utf-8", "replace") for m in self.house.sink.messages if address in m.to}


def found(answers, words):
    return [(where, word) for where, text in answers.items() for word in words if word.lower() in text.lower()]


def rivals_see_nothing(game):
    for who in game.invited:
        seen = {**game.everything(who), **game.mails_to(MAIL[who])}
        for other in game.invited:
            if other != who:
                assert found(seen, game.all_words(other)) == [], f"{who} knows something of {other}"
        assert found(seen, ["choicemarmot"]) == []


def council_sees(game, words, nothing_of):
    """The officer's reading holds words; nobody of the authority's reads any of nothing_of."""
    seen = game.everything("OFFICER")
    for word in words:
        assert found(seen, [word]), f"the officer does not see {word}"
    for who in ("OFFICER", "PANEL", "SIGNATORY", "AUDITOR", "COUNCIL_ADMIN"):
        answers = {**(seen if who == "OFFICER" else game.everything(who)), **game.mails_to(COUNCIL)}
        assert found(answers, nothing_of) == [], who


@pytest.fixture(scope="module")
def make_game(make_house, entered):
    from conftest import ended
    from support.sink import Sink
    made = []

    def make(**changed):
        sink = Sink()
        house = make_house(sink)
        made.append((house, sink))
        house.start_as(entered, london(f"{OPENED} 10:00"))
        return Competition(house, **changed)

    yield make
    for house, sink in made:
        ended(house)
        sink.stop()


def test_nothing_of_one_is_ever_shown_to_another_and_sealed_offers_to_nobody(make_game):
    game = make_game()
    case = game.case
    sealed = []
    for who in WHO:
        game.talk(who)
    rivals_see_nothing(game)

    # Offers come in, one is taken back and put again.
    game.at("2026-04-07 11:00")
    for who in WHO:
        version = case.see("OFFICER")["version"]
        game.put(who, OFFERS[who][1], "takenback")
        assert case.see("OFFICER")["version"] != version, "that it was received, the council may know"
        case.move(who, "withdraw_offer", reason=said(who, "withdrawn"))
        game.put(who)
        sealed += [*game.offer_words(who), *game.taken_back_words(who)]
        council_sees(game, [], sealed)
    rivals_see_nothing(game)
    for thread in case.see("OFFICER")["threads"]:
        assert thread["sealed"] and [set(offer) for offer in thread["offers"]] == \
            [{"entry", "number", "state", "sealed", "received_at"}] * 2
        received = game.house.client("OFFICER").get(
            f"/v1/placements/{case.id}/facts/{thread['offers'][1]['entry']}").json
        assert received["kind"] == "offer_made" and received["sealed"] and not {"data", "opens", "closes"} & set(received)
    assert case.see("PROVIDER2")["threads"][0]["offers"][1]["terms"]["weekly"] == money(162259), "its own it sees"

    # To the last instant, and not a microsecond longer.
    game.house.daemon.rehearse("2026-04-20T15:59:59.999999Z")
    council_sees(game, [], sealed)
    game.house.daemon.rehearse("2026-04-20T16:00:00Z")
    game.house.wait_quiet()
    council_sees(game, [], sealed)
    assert "offers_opened" not in case.fact_kinds()
    game.at("2026-04-20 17:01")
    assert case.fact_kinds().count("offers_opened") == 3
    opened = [word for who in WHO for word in (words_of_price(OFFERS[who][0])[1], said(who, "note"), said(who, "clause"),
                                               OFFERS[who][2], game.digests[who][-1])]
    never = [word for who in WHO for word in game.taken_back_words(who)]
    council_sees(game, opened, never)
    assert case.see("OFFICER")["stage"] == "negotiating" and "weekly" not in game.house.client("OFFICER").get(
        "/v1/placements").json["items"][0], "the list takes no fee of an offer"
    rivals_see_nothing(game)

    # The choice: each hears its own marks.
    case.refused("OFFICER", "choose_provider", "involvement_before_choice", chosen=2, scores=game.marks(*WHO),
                 person_choice="choicemarmot")
    case.move("OFFICER", "record_involvement", purpose="choice", took_part="fully", how="choicemarmot at Alder Grove")
    game.at("2026-04-21 10:00")
    game.choose("PROVIDER2", *WHO)
    game.house.wait_quiet()
    rivals_see_nothing(game)
    for who in WHO:
        told = [fact for fact in game.everything(who).items() if "provider_chosen" in fact[1]]
        assert told and found(dict(told), [said(who, "reasons")]) != []
        chosen = [fact["data"] for fact in game.house.client(who).pages(f"/v1/placements/{case.id}/facts")
                  if fact["kind"] == "provider_chosen"]
        assert len(chosen) == 1 and chosen[0].get("is_chosen", False) == (who == "PROVIDER2")
        assert len(chosen[0]["scores"]) == 1 and not {"chosen", "person_choice"} & set(chosen[0])
        assert chosen[0]["scores"][0]["total"] == f"{80 + 3 * WHO.index(who)}.25"
        assert case.see(who)["stage"] == ("negotiating" if who == "PROVIDER2" else "ended")
        words = "Your offer was chosen." if who == "PROVIDER2" else "Your offer was not chosen"
        assert [m for m in game.house.mails(MAIL[who]) if words in " ".join(m.text.split())]
    assert [case.see(who)["threads"][0]["state"] for who in WHO] == ["not_chosen", "open", "not_chosen"]
    for who in ("PROVIDER", "PROVIDER3"):
        case.refused(who, "make_offer", "not_chosen", terms=terms("1500.00", case.start))

    # Who the person is, to the one chosen alone.
    identity = [*NAME.split(), "1971-02-03"]
    assert found(game.everything("PROVIDER2"), identity) == []
    case.move("OFFICER", "share_identity", thread=2, note="identitynote")
    seen = case.see("PROVIDER2")["person"]
    assert (seen["name"], seen["date_of_birth"]) == (NAME, "1971-02-03") and "id" not in seen
    assert found(game.everything("PROVIDER2"), identity) != []
    for who in ("PROVIDER", "PROVIDER3"):
        assert found({**game.everything(who), **game.mails_to(MAIL[who])}, [*identity, "identitynote"]) == []
    assert found(game.everything("PROVIDER2"), [CASE_REFERENCE, str(LIMIT)]) == []
    assert found(game.mails_to(MAIL["PROVIDER2"]), identity) == [], "an e-mail names nobody"

    # It meets the person and cannot: it is told no more, and another is asked.
    case.move("PROVIDER2", "provider_assessment", outcome="cannot", detail=said("PROVIDER2", "detail"))
    assert found(game.everything("PROVIDER2"), identity) == []
    assert case.see("OFFICER")["stage"] == "inviting"
    case.invite("larch", "Larch House")
    case.move("PROVIDER", "make_offer", terms=terms("1601.00", case.start))
    rivals_see_nothing(game)
    council_sees(game, ["160100"], never)
    assert found(game.everything("PROVIDER"), identity) == [], "what another was told, or its own earlier strand"


def test_a_rivals_answers_are_the_same_byte_for_byte_whatever_the_others_do(make_game):
    """Played twice, the others quiet or busy; what one of them reads is compared at every step."""
    quiet, busy = make_game(), make_game()

    def read(game):
        game.house.wait_quiet()
        answers = {**game.everything("PROVIDER"), **game.mails_to(MAIL["PROVIDER"])}
        seen = {}
        for where, text in answers.items():
            for own, name in ((game.case.id, "ID"), (game.case.reference, "REFERENCE")):
                where, text = where.replace(own, name), text.replace(own, name)
            text = re.sub(r'"request_id":"[^"]*"', "", text)
            if where.startswith("/v1/deliveries"):  # ids of their own, and the order is theirs
                text = sorted(json.dumps({**row, "id": None}) for row in json.loads(text)["items"])
            if not where.startswith("mail"):
                seen[where] = text
        headers = game.house.client("PROVIDER").get(f"/v1/placements/{game.case.id}").headers
        seen["version"] = headers["ETag"].split("-")[0]
        seen["mails"] = sorted(where for where in answers if where.startswith("mail"))
        seen["mails"] = [where.replace(game.case.reference, "REFERENCE") for where in seen["mails"]]
        return seen

    def same(step):
        one, two = read(quiet), read(busy)
        assert one.keys() == two.keys(), step
        for where in one:
            assert one[where] == two[where], (step, where)

    def both(instant, act=None):
        for game in (quiet, busy):
            game.at(instant)
            if act:
                act(game)

    same("invited")
    busy.at("2026-04-01 11:00")
    busy.talk("PROVIDER2")
    busy.talk("PROVIDER3")
    both("2026-04-02 10:00", lambda game: game.talk("PROVIDER"))
    same("talked")
    busy.at("2026-04-02 11:00")
    busy.put("PROVIDER2", "1500.00")
    busy.case.move("PROVIDER2", "withdraw_offer", reason="again")
    busy.case.move("PROVIDER3", "decline", reason="other", detail=said("PROVIDER3", "declined"))
    both("2026-04-07 10:00", lambda game: game.put("PROVIDER"))
    same("offered")
    both("2026-04-08 10:00", lambda game: game.put("PROVIDER2"))
    same("the other offered")
    both("2026-04-20 17:30")
    same("opened")
    busy.at("2026-04-20 18:00")
    busy.case.move("OFFICER", "ask", question="Another question", thread=2)
    busy.case.move("PROVIDER2", "answer", number=2, answer="Another answer")
    both("2026-04-21 10:00", lambda game: game.case.involve("choice"))
    same("the person was asked")
    both("2026-04-21 11:00", lambda game: game.choose("PROVIDER2", "PROVIDER", "PROVIDER2"))
    same("chosen")
    busy.at("2026-04-21 12:00")
    busy.case.move("OFFICER", "share_identity")
    busy.case.move("OFFICER", "accept", terms_digest=busy.digests["PROVIDER2"][-1])
    both("2026-04-22 10:00")
    same("after the end")


def test_offers_at_the_closing_instant(make_game):
    """A microsecond before it and on it they are in time; a microsecond after it they are not."""
    game = make_game()
    game.house.daemon.rehearse("2026-04-20T15:59:59.999999Z")
    game.put("PROVIDER")
    game.house.daemon.rehearse("2026-04-20T16:00:00Z")
    game.put("PROVIDER2")
    assert [thread["sealed"] for thread in game.case.see("OFFICER")["threads"]] == [True] * 3
    game.house.daemon.rehearse("2026-04-20T16:00:00.000001Z")
    game.case.refused("PROVIDER3", "make_offer", "invitation_lapsed", terms=terms("1500.00", game.case.start))
    game.house.wait_quiet()
    view = game.case.see("OFFICER")
    assert [thread["state"] for thread in view["threads"]] == ["open", "open", "lapsed"]
    assert [len([o for o in thread["offers"] if "terms" in o]) for thread in view["threads"]] == [1, 1, 0]
    assert game.case.fact_kinds()[-3:] == ["offers_opened", "offers_opened", "lapsed"]


def test_looking_breaks_no_seal(make_game):
    """Time has come, but nothing has recorded it: an offer may still be on its way. Nobody's look opens the others."""
    game = make_game()
    game.put("PROVIDER")
    game.house.daemon.stop()
    game.house.clients.clear()
    game.house.cluster.psql("update rehearsal set protocol_at = '2026-04-20 17:05:00+01'", game.house.database)
    game.house.daemon.config["jobs"] = False
    game.house.daemon.start()
    assert "offers_opened" not in game.case.fact_kinds()
    seen = game.everything("OFFICER")
    assert found({where: text for where, text in seen.items() if where != "refused"}, game.offer_words("PROVIDER")) == []
    assert game.case.fact_kinds().count("offers_opened") == 1, "a move records what fell due before it"
    assert found(game.everything("OFFICER"), [said("PROVIDER", "note")]) != []


def test_a_choice_in_a_competition_of_one(make_game):
    """Two decline; the one left is chosen all the same, and never learns that it was alone."""
    game = make_game()
    listed = game.house.client("PROVIDER").get("/v1/placements").json["items"][0]
    assert "provider" not in listed
    for who in ("PROVIDER2", "PROVIDER3"):
        game.case.move(who, "decline", reason="no_vacancy", detail=said(who, "declined"))
    assert game.house.client("PROVIDER").get("/v1/placements").json["items"][0] == listed
    game.put("PROVIDER")
    game.at("2026-04-20 17:30")
    allowed = [entry["move"] for entry in game.case.see("OFFICER")["allowed_moves"]]
    assert "choose_provider" in allowed or "record_involvement" in allowed
    game.case.refused("OFFICER", "accept", "chosen_first", terms_digest="f" * 64, thread=1)
    game.case.involve("choice")
    game.choose("PROVIDER", "PROVIDER")
    listed = game.house.client("PROVIDER").get("/v1/placements").json["items"][0]
    assert listed["provider"] == game.house.organisations["larch"]
    game.case.move("OFFICER", "accept", terms_digest=game.digests["PROVIDER"][0])
    assert game.case.see("OFFICER")["stage"] == "signing"


# -- Either side first, and who may agree to what

def test_the_commissioner_makes_the_first_offer_by_its_published_rates(make_house, entered, sink, rehearsal):
    house = rehearsal("2026-04-01 10:00")
    case = house.journey("inviting")
    case.offer("OFFICER", "1500.00")
    case.refused("OFFICER", "make_offer", "turn", terms=terms("1510.00", case.start))
    assert case.obligation("make_offer", "PROVIDER")["state"] == "released"
    assert case.obligation("respond", "PROVIDER")["owed_by"] == "provider"
    case.offer("PROVIDER", "1600.00")
    assert [offer["side"] for offer in case.see()["threads"][0]["offers"]] == ["commissioner", "provider"]
    assert [offer["state"] for offer in case.see("PROVIDER")["threads"][0]["offers"]] == ["countered", "open"]


def test_the_panel_can_be_asked_again_in_an_open_round_and_its_limit_stays_private(rehearsal):
    house = rehearsal("2026-04-01 10:00")
    case = house.journey("inviting")
    high = LIMIT + 1234
    price = f"{high // 100}.{high % 100:02d}"
    case.offer("PROVIDER", price)
    case.refused("OFFICER", "accept", "within_approved_limit", terms_digest=case.digest(), above_guide_reason="near her sister")
    case.move("OFFICER", "refer_to_panel", note="once more")
    case.refused("OFFICER", "panel_decide", "role", pointer="/move", outcome="approved", limit_weekly=money(high))
    case.move("PANEL", "panel_decide", outcome="approved", limit_weekly=money(high + 1))
    assert str(high + 1) not in house.client("PROVIDER").get(f"/v1/placements/{case.id}").text
    assert str(high + 1) not in house.client("PROVIDER").get(f"/v1/placements/{case.id}/facts").text
    assert high > GUIDE_HIGH
    case.refused("OFFICER", "accept", "above_guide_reason", pointer="/above_guide_reason", terms_digest=case.digest())
    case.move("OFFICER", "accept", terms_digest=case.digest(), above_guide_reason="near her sister")
    assert "near her sister" not in house.client("PROVIDER").get(f"/v1/placements/{case.id}/facts").text
