"""Who you are: tokens, what they may make, and that a secret is shown once and never kept."""

import concurrent.futures
import hashlib
import time
import uuid

import pytest

from support.journey import opening

UNAUTHORISED = [
    ("nothing", None),
    ("empty", ""),
    ("another scheme", "Basic Zm9vOmJhcg=="),
    ("no token", "Bearer"),
    ("blank token", "Bearer "),
    ("two blanks", "Bearer  cnc_" + "a" * 43),
    ("not ours", "Bearer ghp_" + "a" * 43),
    ("too short", "Bearer cnc_" + "a" * 42),
    ("too long", "Bearer cnc_" + "a" * 44),
    ("never made", "Bearer cnc_" + "a" * 43),
    ("bad characters", "Bearer cnc_" + "a" * 42 + "'"),
    ("two tokens", "Bearer cnc_" + "a" * 43 + ", Bearer cnc_" + "a" * 43),
]


def rows(house, sql):
    return house.cluster.psql(sql, house.database)


def assert_401(answer):
    assert answer.status == 401, answer
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.code == "token"


def make_token(house, who="PROVIDER", by="ADMIN", organisation="larch", expect=201, key=None, **body):
    headers = {"Idempotency-Key": f'"{key}"'} if key else None
    return house.client(by).post("/v1/tokens", {
        "user": house.users[who], "organisation": house.organisations[organisation], "days": 1, **body,
    }, expect, headers)


@pytest.mark.parametrize("what, header", UNAUTHORISED, ids=[what for what, _ in UNAUTHORISED])
def test_without_a_good_token_everything_is_401(live, what, header):
    client = live.client("OFFICER")
    assert_401(client.request("GET", "/v1/placements", headers={"Authorization": header}))
    assert_401(client.request("POST", "/v1/placements", {}, {
        "Authorization": header, "Idempotency-Key": str(uuid.uuid4())}))


def test_a_token_that_differs_by_one_character_is_another_token(live):
    token = live.tokens["OFFICER"]
    for at in (4, 20, len(token) - 2):
        other = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1:]
        assert_401(live.client("OFFICER").as_(other).request("GET", "/v1/placements"))


def test_the_scheme_is_read_without_case(live):
    answer = live.client("OFFICER").request(
        "GET", "/v1/placements", headers={"Authorization": "bearer " + live.tokens["OFFICER"]})
    assert answer.status == 200


def test_a_revoked_token_is_401_at_once_and_for_good(live):
    made = make_token(live).json
    client = live.client("ADMIN").as_(made["secret"])
    client.get("/v1/placements")
    assert live.client("ADMIN").request("DELETE", f"/v1/tokens/{made['id']}").status == 200
    assert_401(client.request("GET", "/v1/placements"))
    assert live.client("ADMIN").request("DELETE", f"/v1/tokens/{made['id']}").status == 200
    assert_401(client.request("GET", "/v1/placements"))


def test_an_expired_token_is_401(live):
    made = make_token(live).json
    rows(live, f"update token set expires_real = clock_timestamp() - interval '1 second' where id = '{made['id']}'")
    assert_401(live.client("ADMIN").as_(made["secret"]).request("GET", "/v1/placements"))


def test_a_token_that_was_in_use_ends_on_time(live):
    made = make_token(live).json
    client = live.client("ADMIN").as_(made["secret"])
    rows(live, f"update token set expires_real = clock_timestamp() + interval '400 ms' where id = '{made['id']}'")
    client.get("/v1/placements")
    deadline = time.monotonic() + 60
    while client.request("GET", "/v1/placements").status != 401:
        assert time.monotonic() < deadline, "the token outlived its end"
        time.sleep(0.05)


def test_somebody_without_a_role_left_is_nobody(live):
    made = make_token(live, "PROVIDER_SIGNATORY").json
    rows(live, f"delete from membership where user_id = '{live.users['PROVIDER_SIGNATORY']}'")
    assert_401(live.client("ADMIN").as_(made["secret"]).request("GET", "/v1/placements"))


def test_tokens_are_kept_only_as_sha_256(live):
    found = {row[0] for row in rows(live, "select encode(secret_sha256, 'hex') from token")}
    for name, secret in live.tokens.items():
        assert hashlib.sha256(secret.encode()).hexdigest() in found, name
    assert all(len(digest) == 64 for digest in found)
    everything = str(rows(live, "select t::text from token t")) + str(rows(live, "select u::text from app_user u"))
    for line in live.daemon.lines:
        everything += str(line)
    for secret in live.tokens.values():
        assert secret not in everything and secret[4:] not in everything


def test_a_secret_is_shown_once(live):
    key = uuid.uuid4()
    first = make_token(live, key=key, label="for the bridge").json
    again = make_token(live, key=key, label="for the bridge").json
    assert first["secret"].startswith("cnc_") and len(first["secret"]) == 47
    assert "secret" not in again
    assert {name: value for name, value in first.items() if name != "secret"} == again
    assert live.client("ADMIN").as_(first["secret"]).get("/v1/placements").status == 200
    assert rows(live, f"select count(*) from token where id = '{first['id']}'") == [["1"]]


def test_the_same_key_for_another_token_is_refused(live):
    key = uuid.uuid4()
    make_token(live, key=key, label="one")
    assert make_token(live, key=key, label="two", expect=422).code == "idempotency_key_reused"
    assert make_token(live, key=key, label="one", days=2, expect=422).code == "idempotency_key_reused"
    assert rows(live, "select count(*) from token where label = 'two'") == [["0"]]


KEYED = [
    ("/v1/organisations", {"kind": "provider", "name": "Once Care", "email": "a@once.example"}, {"email": "b@once.example"}),
    ("/v1/organisations", {"kind": "authority", "name": "Once Council", "division": "scotland"}, {"panel_weekday": 5}),
    ("/v1/homes", {"organisation": "larch", "name": "Once House", "address": "1 Mill Lane"}, {"address": "2 Mill Lane"}),
    ("/v1/users", {"organisation": "larch", "name": "Onca Only", "email": "onca@larch.example", "roles": ["negotiator"]},
     {"roles": ["administrator"]}),
    ("/v1/users", {"organisation": "larch", "name": "Ondine Only", "email": "ondine@larch.example", "roles": ["negotiator"]},
     {"name": "Another Name"}),
    ("/v1/tokens", {"organisation": "larch", "user": "PROVIDER", "days": 1}, {"days": 300}),
]
EVERYTHING = "select (select count(*) from organisation), (select count(*) from authority), (select count(*) from home), " \
             "(select count(*) from app_user), (select count(*) from membership), (select count(*) from token), " \
             "(select string_agg(o::text, '' order by id) from organisation o), (select string_agg(u::text, '' order by id) " \
             "from app_user u), (select string_agg(h::text, '' order by id) from home h), (select count(*) from idempotency)"


def named(house, body):
    body = dict(body)
    if "organisation" in body:
        body["organisation"] = house.organisations[body["organisation"]]
    if "user" in body:
        body["user"] = house.users[body["user"]]
    return body


@pytest.mark.parametrize("path, body, change", KEYED)
def test_a_key_used_for_another_body_changes_nothing_at_all(live, path, body, change):
    admin, key, body = live.client("ADMIN"), {"Idempotency-Key": str(uuid.uuid4())}, named(live, body)
    first = admin.post(path, body, 201, key).json
    before = rows(live, EVERYTHING)
    assert admin.post(path, {**body, **change}, 422, key).code == "idempotency_key_reused"
    assert rows(live, EVERYTHING) == before
    assert admin.post("/v1/placements", opening(), (403, 422), key).status >= 400
    again = admin.post(path, body, 201, key).json
    first.pop("secret", None)
    assert again == first and rows(live, EVERYTHING) == before


@pytest.mark.parametrize("path, body, change", KEYED)
def test_twenty_at_once_with_one_key_make_one_thing(live, path, body, change):
    key = {"Idempotency-Key": str(uuid.uuid4())}
    body = named(live, {**body, **({"email": "crowd." + body["email"]} if "email" in body else {})})
    before = [int(n) for n in rows(live, EVERYTHING)[0][:6]]
    clients = [live.client("ADMIN").as_(live.tokens["ADMIN"]) for _ in range(20)]
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda client: client.post(path, body, 201, key).json, clients))
    assert len({answer["id"] for answer in answers}) == 1
    assert sum("secret" in answer for answer in answers) == (1 if path == "/v1/tokens" else 0)
    after = [int(n) for n in rows(live, EVERYTHING)[0][:6]]
    made = [b - a for a, b in zip(before, after)]
    assert sum(made[:1] + made[2:4] + made[5:]) == 1, made


def test_what_was_refused_does_not_keep_its_key(live):
    key = {"Idempotency-Key": str(uuid.uuid4())}
    live.client("ADMIN").post("/v1/homes", {"organisation": live.organisations["council"], "name": "Nowhere"}, 400, key)
    live.client("ADMIN").post("/v1/homes", {"organisation": live.organisations["larch"], "name": "Somewhere"}, 201, key)


@pytest.mark.parametrize("path, body, member", [
    ("/v1/organisations", {"kind": "provider", "name": "Once Care"}, "name"),
    ("/v1/homes", {"name": "Once House"}, "name"),
    ("/v1/users", {"name": "Once Only", "email": "once@larch.example", "roles": ["negotiator"]}, "email"),
])
def test_a_repeat_makes_nothing_twice_and_another_body_is_refused(live, path, body, member):
    who = "ADMIN" if path.endswith("organisations") else "PROVIDER_ADMIN"
    key = {"Idempotency-Key": str(uuid.uuid4())}
    first = live.client(who).post(path, body, 201, key)
    again = live.client(who).post(path, body, 201, key)
    assert again.body == first.body
    other = {**body, member: "other@larch.example" if member == "email" else "Another"}
    assert live.client(who).post(path, other, 422, key).code == "idempotency_key_reused"


# -- Who may make what

WHO = ["OFFICER", "PANEL", "SIGNATORY", "AUDITOR", "MANAGER", "COUNCIL_ADMIN", "PROVIDER", "PROVIDER_ADMIN",
       "PROVIDER2", "MEDIATOR", "OFFICER2", "ADMIN"]


def status_of(house, who, path, body):
    answer = house.client(who).post(path, body)
    if answer.status >= 400:
        assert answer.code in ("forbidden", "not_found", "does_not_fit"), answer
    return answer.status


@pytest.mark.parametrize("who", WHO)
def test_only_the_operator_enters_organisations(live, who):
    before = rows(live, "select count(*) from organisation")
    status = status_of(live, who, "/v1/organisations", {"kind": "provider", "name": "Newcomer Care"})
    assert status == (201 if who == "ADMIN" else 403)
    if who != "ADMIN":
        assert rows(live, "select count(*) from organisation") == before


@pytest.mark.parametrize("who", WHO)
def test_homes_are_entered_by_their_provider_or_the_operator(live, who):
    body = {"organisation": live.organisations["larch"], "name": "Larch Annexe"}
    allowed = who in ("PROVIDER", "PROVIDER_ADMIN", "ADMIN")
    assert status_of(live, who, "/v1/homes", body) == (201 if allowed else 404)


@pytest.mark.parametrize("who", WHO)
def test_users_and_tokens_are_made_by_their_administrator_or_the_operator(live, who):
    allowed = who in ("COUNCIL_ADMIN", "ADMIN")
    own = live.tokens.get(who) and who in ("OFFICER", "PANEL", "SIGNATORY", "AUDITOR", "MANAGER")
    refused = 403 if own else 404
    user = {"name": "Newt Heron", "email": f"newt.{who.lower()}@council.example",
            "organisation": live.organisations["council"], "roles": ["case_officer"]}
    assert status_of(live, who, "/v1/users", user) == (201 if allowed else refused)
    token = {"user": live.users["OFFICER"], "organisation": live.organisations["council"], "days": 1}
    assert status_of(live, who, "/v1/tokens", token) == (201 if allowed else refused)


def test_an_administrator_makes_nobody_in_another_organisation(live):
    admin = live.client("PROVIDER_ADMIN")
    council = live.organisations["council"]
    answer = admin.post("/v1/users", {"name": "Mole Vole", "email": "mole@larch.example", "organisation": council,
                                      "roles": ["administrator"]})
    assert (answer.status, answer.code) == (404, "not_found")
    # nor a token for somebody of its own there
    answer = admin.post("/v1/tokens", {"user": live.users["PROVIDER"], "organisation": council, "days": 1})
    assert answer.status == 404
    # nor, in its own name, for somebody who does not work there
    answer = admin.post("/v1/tokens", {"user": live.users["OFFICER"], "days": 1})
    assert (answer.status, answer.json["errors"][0]["pointer"]) == (400, "/user")
    assert rows(live, "select 1 from app_user where email = 'mole@larch.example'") == []


def test_an_organisation_left_out_is_the_callers_own(live):
    made = live.client("PROVIDER_ADMIN").post("/v1/users", {
        "name": "Nell Wick", "email": "Nell.Wick@Larch.Example", "roles": ["negotiator"]}, 201).json
    assert made["organisation"] == live.organisations["larch"]
    assert made["email"] == "nell.wick@larch.example"


@pytest.mark.parametrize("roles, pointer", [
    ([], "/roles"), (["signatory", "signatory"], "/roles/1"), (["negotiator", "jester"], "/roles/1"),
    ([{"role": "negotiator"}], "/roles/0"), ("negotiator", "/roles")])
def test_roles_are_words_of_the_list_each_once(live, roles, pointer):
    answer = live.client("PROVIDER_ADMIN").post("/v1/users", {
        "name": "Nell Wick", "email": "nell.wick@larch.example", "roles": roles}, (400,))
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]


def test_somebody_known_by_their_address_gains_roles_and_keeps_their_name(live):
    admin = live.client("ADMIN")
    first = admin.post("/v1/users", {"name": "Una Rook", "email": "una@both.example",
                                     "organisation": live.organisations["larch"],
                                     "roles": ["negotiator"]}, 201).json
    second = admin.post("/v1/users", {"name": "U. Rook", "email": "UNA@both.example",
                                      "organisation": live.organisations["alder"],
                                      "roles": ["signatory"]}, 201).json
    assert (second["id"], second["name"]) == (first["id"], "Una Rook")
    assert rows(live, f"select role from membership where user_id = '{first['id']}' order by role") == [
        ["negotiator"], ["signatory"]]


def test_only_the_operator_brings_in_somebody_who_works_elsewhere(live):
    admin = live.client("PROVIDER_ADMIN")
    asked = {"name": "Whoever It Is", "email": "Orla.Finch@council.example", "roles": ["negotiator"]}
    before = rows(live, EVERYTHING)
    refused = admin.post("/v1/users", asked, 409)
    assert refused.code == "email_taken"
    assert refused.json["detail"] == "This e-mail address cannot be used here. Ask the service's operator."
    for word in ("Orla", "Finch", "ouncil", live.users["OFFICER"]):
        assert word not in refused.text
    assert rows(live, EVERYTHING) == before
    # so nobody can sign as her there
    admin.post("/v1/tokens", {"user": live.users["OFFICER"], "days": 1}, 400)
    # the operator may
    made = live.client("ADMIN").post("/v1/users", {**asked, "organisation": live.organisations["larch"]}, 201).json
    assert (made["id"], made["name"]) == (live.users["OFFICER"], "Orla Finch")
    # and then she is a colleague, who may be given another role
    again = admin.post("/v1/users", {**asked, "roles": ["signatory"]}, 201).json
    assert (again["id"], again["name"]) == (live.users["OFFICER"], "Orla Finch")


def test_of_two_organisations_that_enter_one_address_at_once_one_has_it(live):
    for number in range(5):
        body = {"name": "Twin Teasel", "email": f"twin.{number}@both.example", "roles": ["negotiator"]}
        clients = [live.client(who).as_(live.tokens[who]) for who in ("PROVIDER_ADMIN", "COUNCIL_ADMIN") * 4]
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda client: (client.token, client.post("/v1/users", body)), clients))
        assert {answer.status for _, answer in answers} == {201, 409}
        assert len({token for token, answer in answers if answer.status == 201}) == 1
        found = rows(live, f"select count(distinct m.organisation_id) from membership m join app_user u on u.id = m.user_id "
                           f"where u.email = '{body['email']}'")
        assert found == [["1"]]


def test_a_token_acts_for_one_organisation_with_the_roles_there(live):
    admin = live.client("ADMIN")
    user = admin.post("/v1/users", {"name": "Wyn Coot", "email": "wyn@both.example",
                                    "organisation": live.organisations["larch"],
                                    "roles": ["administrator"]}, 201).json["id"]
    admin.post("/v1/users", {"name": "Wyn Coot", "email": "wyn@both.example",
                             "organisation": live.organisations["alder"],
                             "roles": ["negotiator"]}, 201)
    secret = admin.post("/v1/tokens", {"user": user, "organisation": live.organisations["alder"], "days": 1},
                        201).json["secret"]
    wyn = admin.as_(secret)
    for organisation, expected in (("larch", 404), ("alder", 403)):
        answer = wyn.post("/v1/users", {"name": "A B", "email": "a.b@x.example", "roles": ["negotiator"],
                                        "organisation": live.organisations[organisation]})
        assert answer.status == expected


def test_revoking_is_for_its_owner_its_administrator_and_the_operator(live):
    for who, expected in (("OFFICER", 404), ("PROVIDER2", 404), ("PROVIDER", 403), ("PROVIDER_ADMIN", 200)):
        made = make_token(live, "PROVIDER_ADMIN").json
        answer = live.client(who).request("DELETE", f"/v1/tokens/{made['id']}")
        assert answer.status == expected, who
        alive = live.client("ADMIN").as_(made["secret"]).request("GET", "/v1/placements").status
        assert alive == (401 if expected == 200 else 200)
    made = make_token(live, "PROVIDER").json
    assert live.client("PROVIDER").request("DELETE", f"/v1/tokens/{made['id']}").status == 200
    for unknown in (str(uuid.uuid4()), "x", "00000000-0000-0000-0000-000000000000"):
        assert live.client("ADMIN").request("DELETE", f"/v1/tokens/{unknown}").status == 404


@pytest.mark.parametrize("path, body, pointer", [
    ("/v1/organisations", {"kind": "provider"}, "/name"),
    ("/v1/organisations", {"kind": "charity", "name": "X"}, "/kind"),
    ("/v1/organisations", {"kind": "authority", "name": "X"}, "/division"),
    ("/v1/organisations", {"kind": "authority", "name": "X", "division": "wales"}, "/division"),
    ("/v1/organisations", {"kind": "authority", "name": "X", "division": "scotland",
                           "protocol": {"id": "none", "version": 1}}, "/protocol"),
    ("/v1/organisations", {"kind": "authority", "name": "X", "division": "scotland", "panel_weekday": 6},
     "/panel_weekday"),
    ("/v1/organisations", {"kind": "provider", "name": "   "}, "/name"),
    ("/v1/organisations", {"kind": "provider", "name": "a\u200bb"}, "/name"),
    ("/v1/organisations", {"kind": "provider", "name": "a\nb"}, "/name"),
    ("/v1/organisations", {"kind": "provider", "name": "a\u202eb"}, "/name"),
    ("/v1/organisations", {"kind": "provider", "name": "x" * 201}, "/name"),
    ("/v1/organisations", {"kind": "provider", "name": "X", "email": "nobody"}, "/email"),
    ("/v1/organisations", {"kind": "provider", "name": "X", "email": "a@b.example\r\nBcc: c@d.example"}, "/email"),
    ("/v1/organisations", {"kind": "provider", "name": "X", "email": "a@b.example, c@d.example"}, "/email"),
    ("/v1/users", {"name": "X", "email": "x@y.example", "roles": []}, "/roles"),
    ("/v1/users", {"name": "X", "email": "x@y.example", "roles": ["king"]}, "/roles/0"),
    ("/v1/users", {"name": "X", "email": "x@y.example", "roles": [{"role": "auditor"}]}, "/roles/0"),
    ("/v1/tokens", {"user": "x", "days": 1}, "/user"),
    ("/v1/tokens", {"days": 1}, "/user"),
    ("/v1/homes", {"organisation": "00000000-0000-0000-0000-000000000000", "name": "X"}, "/organisation"),
])
def test_what_does_not_fit_is_pointed_at_and_nothing_is_made(live, path, body, pointer):
    counted = "select (select count(*) from organisation), (select count(*) from app_user), " \
              "(select count(*) from token), (select count(*) from home), (select count(*) from membership)"
    before = rows(live, counted)
    answer = live.client("ADMIN").post(path, body, 400)
    assert pointer in [error["pointer"] for error in answer.json["errors"]]
    assert rows(live, counted) == before


def test_a_token_lasts_a_day_to_a_year(live):
    for days in (0, 367, -1):
        answer = make_token(live, days=days, expect=400)
        assert answer.json["errors"][0]["pointer"] == "/days"


def test_a_home_belongs_to_a_provider(live):
    answer = live.client("ADMIN").post("/v1/homes", {"organisation": live.organisations["council"], "name": "X"}, 400)
    assert answer.json["errors"][0]["pointer"] == "/organisation"


def test_create_admin_again_gives_another_token_to_the_same_person(live):
    done = live.daemon.run("create-admin", "--email", "admin@concordat.example", "--name", "Somebody Else")
    secret = done.stdout.strip()
    assert live.client("ADMIN").as_(secret).get("/v1/organisations").status == 200
    assert rows(live, "select count(*) from app_user where email = 'admin@concordat.example'") == [["1"]]
    assert rows(live, "select count(*) from organisation where kind = 'operator'") == [["1"]]
    assert secret not in done.stderr


# -- Roles in the protocol

@pytest.mark.parametrize("stage, move, body, allowed", [
    ("opened", "describe_needs", {"needs": [{"area": "a", "task": "t", "times_a_week": 1, "minutes": 1, "staff": 1}],
                                  "outcomes": [{"key": "k", "what": "w"}]}, {"OFFICER"}),
    ("with_panel", "panel_decide", {"outcome": "returned", "reasons": "more"}, {"PANEL"}),
    ("inviting", "withdraw", {"reason": "funding"}, {"OFFICER"}),
    ("inviting", "acknowledge", {}, {"PROVIDER"}),
    ("signing", "sign", {"terms_digest": None}, {"SIGNATORY", "PROVIDER", "PROVIDER_SIGNATORY"}),
])
def test_a_move_is_for_its_role(live, stage, move, body, allowed):
    case = live.journey(stage)
    if stage == "signing":
        case.involve("signature")
        body = {"terms_digest": case.digest()}
    invited = stage in ("inviting", "signing")
    for who in ("OFFICER", "PANEL", "SIGNATORY", "MANAGER", "AUDITOR", "COUNCIL_ADMIN") + (
            ("PROVIDER", "PROVIDER_ADMIN") if invited else ()):
        if who in allowed:
            continue
        problem = case.move(who, move, 409, **body).json
        assert problem["code"] in ("role", "side"), (who, problem)
        assert problem["errors"][0]["pointer"] == "/move"
        assert move not in [entry["move"] for entry in problem["allowed_moves"]]
    case.move(min(allowed & {"OFFICER", "PANEL", "PROVIDER", "SIGNATORY"}), move, 200, **body)


def test_only_an_authority_opens_placements(live):
    for who, status, code in (("PROVIDER", 403, "not_an_authority"), ("ADMIN", 403, "not_an_authority"),
                              ("MEDIATOR", 403, "not_an_authority"), ("PANEL", 409, "role"), ("AUDITOR", 409, None),
                              ("COUNCIL_ADMIN", 409, "role")):
        before = rows(live, "select count(*) from placement")
        answer = live.client(who).open_placement(status, **opening())
        assert code is None or answer.code == code, answer
        assert rows(live, "select count(*) from placement") == before
