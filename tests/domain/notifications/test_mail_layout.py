"""The HTML part of a mail: paragraphs, facts and a button, everything escaped and nothing fetched."""

import re
from dataclasses import replace

import pytest
from flask import Flask

from app.domain.notifications.mail_layout import MailContent, lay_out_mail, lay_out_preview

LINK = "http://localhost:8000/b/abc_DEF-123"
MAIL = MailContent(
    "Salon Lindgren", "Ihr Termin am Di.", f"Salon Lindgren: Haarschnitt ist gebucht. Ändern oder absagen: {LINK}", "de", "Termin ansehen",
    (("Leistung", "Haarschnitt"),), ("Salon Lindgren", "Torstraße 12"),
)  # fmt: skip


@pytest.fixture(autouse=True)
def public_address(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.config["SETTINGS"], "public_url", "http://localhost:8000")


def write(app: Flask, body: str) -> str:
    with app.app_context():
        return lay_out_mail(replace(MAIL, body=body))


def test_words_before_the_link_become_its_button(app: Flask) -> None:
    html = write(app, MAIL.body)
    assert '<p class="m-text">Haarschnitt ist gebucht.</p>' in html
    assert f'<a class="m-button" href="{LINK}">Ändern oder absagen</a>' in html
    assert '<th scope="row">Leistung</th><td>Haarschnitt</td>' in html and '<html lang="de">' in html


@pytest.mark.parametrize(
    ("body", "text", "button"),
    [
        (f"Wir halten ihn bis 12:30 Uhr für Sie: {LINK}", "Wir halten ihn bis 12:30 Uhr für Sie.", "Termin ansehen"),
        (f"Bis bald.\n\n{LINK}\nIhr Team", "Bis bald.", "Termin ansehen"),
        (f"Hier ist alles: {LINK}", "", "Hier ist alles"),
        (f"{LINK}", "", "Termin ansehen"),
    ],
)
def test_any_text_gets_a_button(app: Flask, body: str, text: str, button: str) -> None:
    html = write(app, body)
    assert f">{button}</a>" in html and (not text or f'<p class="m-text">{text}' in html)
    assert html.count(LINK) == 1


def test_without_a_link_there_is_no_button_and_another_address_is_none(app: Flask) -> None:
    html = write(app, "Ihr Termin ist abgesagt. Mehr: https://evil.example/b/abc")
    assert "m-button" not in html.partition("<body")[2] and "href" not in html and "https://evil.example/b/abc" in html


REVIEW, RATE = "https://bewertung.example/lindgren?a=1", "http://localhost:8000/b/xyz-9/rate"


@pytest.mark.parametrize(
    ("body", "text", "href", "words"),
    [
        (f"Wir freuen uns über Ihre Bewertung: {REVIEW} Abbestellen: {LINK}", "Wir freuen uns über Ihre Bewertung.", REVIEW, "Abbestellen"),
        (f"Wie war es? Ihre Antwort: {RATE} Abbestellen: {LINK}", "Wie war es? Ihre Antwort.", RATE, "Abbestellen"),
        (f"Nicht mehr? {LINK} Und hier: {REVIEW}.", "Nicht mehr?", REVIEW, "Abbestellen"),
        (f"Alles Gute zum Geburtstag! Genug davon: {LINK}", "Alles Gute zum Geburtstag!", None, "Genug davon"),
    ],
)
def test_button_of_marketing_is_its_action_and_withdrawing_a_plain_line(
    app: Flask, body: str, text: str, href: str | None, words: str
) -> None:
    mail = replace(MAIL, body=body, facts=(), link_words="Bewertung schreiben", is_marketing=True)
    with app.app_context():
        html, preview = lay_out_mail(mail).partition("<body")[2], lay_out_preview(mail)
    assert f'<p class="m-text">{text}' in html
    buttons = re.findall(r'<a class="m-button" href="([^"]*)">([^<]*)</a>', html)
    assert buttons == ([(href, "Bewertung schreiben")] if href else [])
    assert f'<p class="m-foot"><a href="{LINK}">{words}</a></p>' in html
    assert html.count(f'"{LINK}"') == 1 and f">{words}</span>" in preview and "href" not in preview


def test_everything_is_escaped_and_nothing_is_fetched(app: Flask) -> None:
    hostile = '<img src="https://evil.example/x.png">"\'</style><script>alert(1)</script>'
    mail = MailContent(hostile, hostile, f"{hostile} {LINK}", "de", hostile, ((hostile, hostile),), (hostile,))
    with app.app_context():
        for html in (lay_out_mail(mail), lay_out_preview(mail)):
            assert "<img" not in html and "<script" not in html
            assert re.search(r"\bsrc=|@import|url\(|<link|background=", html.replace("src=&#34;", "").replace("src=&quot;", "")) is None
    assert html.count("</style>") == 0, "the preview has no style of its own"


def test_lines_and_paragraphs_are_kept(app: Flask) -> None:
    html = write(app, "Hallo,\nbis bald.\n\nIhr Team")
    assert '<p class="m-text">Hallo,<br>bis bald.</p>' in html and '<p class="m-text">Ihr Team</p>' in html


def test_both_colour_schemes_are_there(app: Flask) -> None:
    html = write(app, MAIL.body)
    assert '<meta name="color-scheme" content="light dark">' in html and "prefers-color-scheme: dark" in html and "/*" not in html


def test_a_preview_leads_nowhere(app: Flask) -> None:
    with app.app_context():
        html = lay_out_preview(MAIL)
    assert "href" not in html and '<span class="m-button">Ändern oder absagen</span>' in html and "<h1" not in html


def test_a_page_below_the_link_to_withdraw_keeps_its_button(app: Flask) -> None:
    body = f"Salon Lindgren: Wie war Ihr Besuch? Ein Klick genügt: {LINK}/rate Abbestellen: {LINK}"
    with app.app_context():
        shown = str(lay_out_preview(replace(MAIL, body=body, is_marketing=True, facts=(), link_words="Antworten")))
    assert LINK not in shown and "/rate" not in shown
    assert '<span class="m-button">Antworten</span>' in shown and '<span class="m-link">Abbestellen</span>' in shown
