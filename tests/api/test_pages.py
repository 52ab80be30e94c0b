"""Lists page after page: the address of the next one is always one that the service takes."""

import pytest

WIDE = "\U0001f3e1"  # four bytes


@pytest.mark.parametrize("character", ["\u0e01", WIDE])
def test_the_longest_names_make_cursors_that_lead_on(live, character):
    admin = live.client("ADMIN")
    part = character * (60 // len(character.encode()))
    for tail in "abc":
        admin.post("/v1/organisations", {"kind": "mediation_body", "name": character * 199 + tail}, 201)
    page = admin.get("/v1/organisations", limit=1, kind="mediation_body", q=part)
    names = []
    while True:
        names += [row["name"][-1] for row in page.json["items"]]
        if not page.json["next"]:
            break
        link = page.headers["Link"]
        page = admin.get(link[link.index("<") + 1:link.index(">")])
    assert names == list("abc")
