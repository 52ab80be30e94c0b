"""Commands that ask a service: where it is and as whom, before anything is asked."""

import pytest

NOWHERE = "http://127.0.0.1:9"


@pytest.mark.parametrize("server, token, code, said", [
    ("", "cnc_x", 2, "Say which service: --server URL, or CONCORDAT_SERVER"),
    (NOWHERE, "", 2, "Say as whom: --token-file FILE"),
    ("http://care.example", "cnc_x", 2, "begins with https://"),
    ("http://localhost.care.example", "cnc_x", 2, "begins with https://"),
    ("http://127.0.0.1@care.example", "cnc_x", 2, "begins with https://"),
    ("ftp://127.0.0.1", "cnc_x", 2, "begins with https://"),
    ("127.0.0.1:9", "cnc_x", 2, "begins with https://"),
    (NOWHERE, "two words", 2, "That is no token"),
    (NOWHERE, "x" * 201, 2, "That is no token"),
    (NOWHERE, "cnc_x", 4, "http://127.0.0.1:9 cannot be reached"),
])
@pytest.mark.parametrize("words", [["due"], ["review", "PL-1"]])
def test_where_and_as_whom_come_first(concordat, words, server, token, code, said):
    assert said in concordat(*words, code=code, env={"CONCORDAT_SERVER": server, "CONCORDAT_TOKEN": token})


def test_the_options_come_before_the_environment(concordat, written):
    env = {"CONCORDAT_SERVER": "http://care.example", "CONCORDAT_TOKEN": "two words"}
    token = written("token", "cnc_x\n")
    assert "127.0.0.1:9/ cannot" not in concordat("due", "--server", NOWHERE + "/", "--token-file", token, code=4, env=env)
    assert "It cannot be opened" in concordat("due", "--server", NOWHERE, "--token-file", token + "s", code=3, env=env)
    assert "That is no token" in concordat("due", "--server", NOWHERE, "--token-file", written("empty", ""), code=2, env=env)


def test_the_token_is_never_said(concordat):
    env = {"CONCORDAT_SERVER": NOWHERE, "CONCORDAT_TOKEN": "cnc_secret"}
    assert "cnc_secret" not in concordat("due", code=4, env=env)
