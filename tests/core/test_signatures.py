"""Signatures: the vendors' vectors, their own SDKs in both directions, and every kind of rubbish."""

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st
from retell.lib.webhook_auth import symmetric
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from app.core.signatures import (
    sign_hex_hmac,
    sign_retell,
    sign_twilio,
    verify_hex_hmac,
    verify_retell,
    verify_twilio,
)

VECTORS = json.loads((Path(__file__).parents[1] / "payloads" / "signatures.json").read_text())
KEY = "key_salon_lindgren"
TOKEN = "token_salon_lindgren"
NOW = 1_773_130_445_120
BODY = '{"event":"call_ended","call":{"call_id":"call_1","transcript":"Grüß Gott, Frau Krüger"}}'.encode()
URL = "https://phone.salon-lindgren.example/api/twilio/voice/status?tenant=1"
FORM = [("CallSid", "CA1"), ("FromCity", ""), ("To", "+493023125100"), ("Called", "ü"), ("Event", "b"), ("Event", "a"), ("Event", "b")]


def test_retells_vector_verifies():
    vector = VECTORS["retell"]
    raw = vector["body"].encode()
    assert verify_retell(raw, vector["header"], vector["secret"], vector["timestamp_ms"])
    assert sign_retell(raw, vector["secret"], vector["timestamp_ms"]) == vector["header"]


@given(st.binary(max_size=200).map(lambda raw: raw.decode("utf-8", "ignore")), st.integers(0, 10**15))
def test_retells_sdk_and_we_agree_both_ways(body, now_ms):
    theirs = symmetric["sign"](body, KEY, now_ms)
    assert verify_retell(body.encode(), theirs, KEY, now_ms)
    assert symmetric["verify"](body, KEY, sign_retell(body.encode(), KEY, now_ms), {"timestamp": now_ms})


@pytest.mark.parametrize(
    ("age_ms", "fresh"), [(0, True), (300_000, True), (300_001, False), (-300_000, True), (-300_001, False), (600_000, False)]
)
def test_a_retell_signature_lives_five_minutes_in_both_directions(age_ms, fresh):
    header = sign_retell(BODY, KEY, NOW - age_ms)
    assert verify_retell(BODY, header, KEY, NOW) is fresh
    assert symmetric["verify"](BODY.decode(), KEY, header, {"timestamp": NOW}) is fresh


def test_a_changed_reencoded_or_differently_keyed_body_is_refused():
    header = sign_retell(BODY, KEY, NOW)
    assert not verify_retell(BODY + b" ", header, KEY, NOW)
    assert not verify_retell(json.dumps(json.loads(BODY)).encode(), header, KEY, NOW)
    assert not verify_retell(BODY, header, KEY + "x", NOW)
    assert not verify_retell(BODY, header.replace(f"v={NOW}", f"v={NOW + 1}"), KEY, NOW)


DIGEST = "a" * 64
RUBBISH = [
    None, "", "v=,d=", f"v={'9' * 5000},d={DIGEST}", f"v=-1,d={DIGEST}", f"v=1.5,d={DIGEST}", f"v=١٢٣,d={DIGEST}",
    f"v={NOW},d={DIGEST.upper()}", f" v={NOW},d={DIGEST}", f"v={NOW},d={DIGEST}\n", f"v={NOW},d={DIGEST},v={NOW},d={DIGEST}",
    f"v={NOW},d={'ä' * 64}", "\udcff\udcfe",
    b"v=1,d=2", 7, ["v=1"], f"v={NOW},d={DIGEST}",
]  # fmt: skip


@pytest.mark.parametrize("header", RUBBISH)
def test_rubbish_for_a_signature_is_refused_and_never_raises(header):
    assert verify_retell(BODY, header, KEY, NOW) is False
    assert verify_hex_hmac(BODY, header, KEY) is False
    assert verify_twilio(URL, FORM, header, TOKEN) is False


@pytest.mark.parametrize("secret", ["", None])
def test_an_empty_secret_verifies_nothing(secret):
    assert not verify_retell(BODY, sign_retell(BODY, "", NOW), secret, NOW)
    assert not verify_hex_hmac(BODY, sign_hex_hmac(BODY, ""), secret)
    assert not verify_twilio(URL, FORM, sign_twilio(URL, FORM, ""), secret)


@settings(max_examples=300)
@given(
    st.one_of(st.none(), st.text(st.characters()), st.binary(), st.from_regex(r"v=\d{1,40},d=[0-9a-f]{60,70}")),
    st.binary(max_size=50),
    st.text(),
)
def test_no_header_and_no_url_make_checking_raise(header, raw, url):
    assert verify_retell(raw, header, KEY, NOW) is False
    assert verify_hex_hmac(raw, header, KEY) is False
    assert verify_twilio(url, [(url, url)], header, TOKEN, body=raw, settings_header=header) is False


def test_twilios_vectors_verify():
    form, as_json = VECTORS["twilio_form"], VECTORS["twilio_json"]
    assert verify_twilio(form["url"], form["params"], form["signature_hmac_sha1"], form["auth_token"])
    shared_key = "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256"
    assert verify_twilio(form["url"], form["params"], form["signature_hmac_sha256"], form["auth_token"], settings_header=shared_key)
    assert verify_twilio(as_json["url"], None, as_json["signature_hmac_sha1"], as_json["auth_token"], body=as_json["body"].encode())


def test_the_algorithm_twilio_names_is_the_one_that_counts():
    sha1, sha256 = sign_twilio(URL, FORM, TOKEN), sign_twilio(URL, FORM, TOKEN, algorithm="HMAC_SHA256")
    named = "key=k, algorithm=hmac_sha256"
    assert verify_twilio(URL, FORM, sha256, TOKEN, settings_header=named)
    assert not verify_twilio(URL, FORM, sha1, TOKEN, settings_header=named)
    assert not verify_twilio(URL, FORM, sha256, TOKEN)
    assert not verify_twilio(URL, FORM, sha1, TOKEN, settings_header="key=k,algorithm=HMAC_MD5")


fields = st.lists(
    st.tuples(st.text(st.characters(codec="utf-8"), min_size=1, max_size=8), st.text(st.characters(codec="utf-8"), max_size=8)), max_size=8
)


@given(fields, st.sampled_from(["HMAC_SHA1", "HMAC_SHA256"]))
def test_twilios_sdk_and_we_agree_both_ways(items, algorithm):
    sdk, form = RequestValidator(TOKEN), MultiDict(items)
    header = f"key=k,algorithm={algorithm}"
    assert verify_twilio(URL, items, sdk.compute_signature(URL, form, algorithm), TOKEN, settings_header=header)
    assert sdk.validate(URL, form, sign_twilio(URL, items, TOKEN, algorithm=algorithm), algorithm)


def test_empty_values_and_duplicates_are_part_of_twilios_signature():
    sdk = RequestValidator(TOKEN)
    signature = sdk.compute_signature(URL, MultiDict(FORM))
    assert verify_twilio(URL, FORM, signature, TOKEN)
    assert verify_twilio(URL, MultiDict(FORM), signature, TOKEN)
    assert not verify_twilio(URL, [item for item in FORM if item[1]], signature, TOKEN)
    assert not verify_twilio(URL, [*FORM, ("Event", "c")], signature, TOKEN)


@pytest.mark.parametrize(
    ("signed", "seen", "good"),
    [
        ("https://x.example/a", "https://x.example:443/a", True),
        ("https://x.example:443/a", "https://x.example/a", True),
        ("http://x.example:80/a?b=1", "http://x.example/a?b=1", True),
        ("https://x.example:8443/a", "https://x.example/a", False),
        ("https://x.example/a", "http://x.example/a", False),
        ("https://x.example/a", "https://y.example/a", False),
        ("https://x.example/a?b=1", "https://x.example/a", False),
    ],
)  # fmt: skip
def test_the_default_port_may_be_named_or_not_and_nothing_else_may_differ(signed, seen, good):
    signature = sign_twilio(signed, FORM, TOKEN)
    assert verify_twilio(seen, FORM, signature, TOKEN) is good
    assert RequestValidator(TOKEN).validate(seen, MultiDict(FORM), signature) is good


def test_a_json_body_must_have_the_hash_its_url_names():
    body = b'{"status":"completed"}'
    url = f"{URL}&bodySHA256={hashlib.sha256(body).hexdigest()}"
    signature = sign_twilio(url, (), TOKEN)
    assert verify_twilio(url, None, signature, TOKEN, body=body)
    assert RequestValidator(TOKEN).validate(url, body.decode(), signature)
    assert not verify_twilio(url, None, signature, TOKEN, body=body + b" ")
    assert not verify_twilio(url + "0", None, signature, TOKEN, body=body)


def test_a_body_that_no_signature_covers_is_refused():
    signature = sign_twilio(URL, (), TOKEN)
    assert verify_twilio(URL, (), signature, TOKEN)
    assert not verify_twilio(URL, (), signature, TOKEN, body=b'{"forged":true}')


def test_calcoms_vector_verifies():
    vector = VECTORS["calcom"]
    assert verify_hex_hmac(vector["body"].encode(), vector["header"], vector["secret"])
    assert sign_hex_hmac(vector["body"].encode(), vector["secret"]) == vector["header"]


def test_calcoms_confession_to_have_no_secret_is_refused():
    assert not verify_hex_hmac(b"{}", "no-secret-provided", "secret")
    assert not verify_hex_hmac(b"{}", "no-secret-provided", "")
