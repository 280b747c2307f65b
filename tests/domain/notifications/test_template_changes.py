"""A company's own texts: checked on saving, in versions, the nearest applies; another company's never."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask_babel import force_locale
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.errors import InvalidInput, NotFound
from app.core.ids import new_ulid
from app.core.tenancy import company_scope
from app.core.transactions import run_in_transaction
from app.domain.notifications import template_versions
from app.domain.notifications.message_templates import TEMPLATES, get_applying, render_message
from app.domain.notifications.template_changes import reset_template, restore_version, save_template
from app.domain.notifications.template_versions import TemplateChanged, TemplateKey, TemplateScope, count_narrower, list_versions
from app.models import AuditEntry
from tests.factories.salon import Salon, make_salon

TITLE, BODY = "Bis bald am {Termin}", "Hallo {Name}, {Leistung} am {Termin}. {Link}"
VALUES = {"customer": "Mira Sommer", "what": "Haarschnitt", "when": "Di. 12. Mai um 10:00", "link": "https://a.example/b/x", "company": "S"}


@pytest.fixture(autouse=True)
def german(db: SQLAlchemy) -> Iterator[None]:
    with force_locale("de"):
        yield


def key_of(branch: str | None = None, service: str | None = None, *, name: str = "booked", language: str = "de") -> TemplateKey:
    return TemplateKey(name, language, TemplateScope(branch, service))


def save(key: TemplateKey, body: str = BODY, title: str = TITLE, *, based_on: int | None = None) -> None:
    latest = max((row.version for row in list_versions(key)), default=0)
    run_in_transaction(lambda: save_template(key, title, body, based_on=latest if based_on is None else based_on, author_id=new_ulid()))


def write(scope: TemplateScope = TemplateScope()) -> str:  # noqa: B008
    return render_message("booked", VALUES, scope)[1]


def test_ours_applies_until_there_is_an_own_text(salon: Salon) -> None:
    assert write().startswith("S: Haarschnitt am Di. 12. Mai um 10:00")
    save(key_of())
    assert render_message("booked", VALUES) == (
        "Bis bald am Di. 12. Mai um 10:00", "Hallo Mira Sommer, Haarschnitt am Di. 12. Mai um 10:00. https://a.example/b/x",
    )  # fmt: skip


def test_the_nearest_applies_service_in_branch_then_service_then_branch_then_company(salon: Salon) -> None:
    mitte, cut = salon.branches["mitte"], salon.services["cut"]
    order = [(None, None), (mitte, None), (None, cut), (mitte, cut)]
    for number, (branch, service) in enumerate(order):
        save(key_of(branch, service), f"Text {number} {{Termin}} {{Link}}")
        assert write(TemplateScope(mitte, cut)).startswith(f"Text {number}")
    assert write(TemplateScope(salon.branches["pankow"], cut)).startswith("Text 2")
    assert write(TemplateScope(mitte, salon.services["wash"])).startswith("Text 1")
    assert write(TemplateScope(salon.branches["pankow"])).startswith("Text 0")
    assert count_narrower("de", TemplateScope()) == {"booked": 3}
    assert count_narrower("de", TemplateScope(mitte)) == {"booked": 1}
    for branch, service in reversed(order):
        run_in_transaction(lambda b=branch, s=service: reset_template(key_of(b, s), based_on=1, author_id=new_ulid()))
    assert write(TemplateScope(mitte, cut)).startswith("S: Haarschnitt")


def test_each_language_has_its_own(salon: Salon) -> None:
    save(key_of())
    with force_locale("en"):
        assert "is booked" in write()
    with force_locale("tr"):
        assert write().startswith("Hallo Mira"), "a language that we do not write gets German, as with our own texts"


def test_another_company_never_gets_it(salon: Salon) -> None:
    save(key_of())
    other = make_salon("salon-zwei")
    with company_scope(other.company_id):
        assert write().startswith("S: Haarschnitt")
        assert list_versions(key_of()) == []
        with pytest.raises(NotFound):
            save(key_of(salon.branches["mitte"]))
        with pytest.raises(NotFound):
            save(key_of(None, salon.services["cut"]))
        with pytest.raises(NotFound):
            run_in_transaction(lambda: restore_version(key_of(), 1, based_on=0, author_id=new_ulid()))


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"body": ""}, "body", "Bitte schreiben Sie einen Text"),
        ({"title": ""}, "title", "Bitte schreiben Sie einen Betreff."),
        ({"title": "{Link}"}, "title", "Der Link gehört in den Text"),
        ({"title": "x" * 121}, "title", "höchstens 120"),
        ({"body": "{Termin} {Quatsch} {Link}"}, "body", "{Quatsch} gibt es in dieser Nachricht nicht. Möglich sind: {Betrieb}, {Name}"),
        ({"body": "{Termin} {Code} {Link}"}, "body", "{Code} gibt es in dieser Nachricht nicht."),
        ({"body": "{{ 7 * 7 }} {Termin} {Link}"}, "body", "gibt es in dieser Nachricht nicht"),
        ({"body": "{Termin} {Link} {"}, "body", "Eine geschweifte Klammer steht allein."),
        ({"body": "Ihr Termin am {Termin}."}, "body", "Es fehlt {Link}."),
        ({"body": "Bis bald: {Link}"}, "body", "Es fehlt {Termin} oder {Uhrzeit}."),
        ({"body": "{Termin}: {Link}."}, "body", "Vor und nach dem Link braucht es eine Leerstelle"),
        ({"body": "{Termin}:{Link}"}, "body", "Vor und nach dem Link braucht es eine Leerstelle"),
        ({"body": "{Termin} {Link} {Link}"}, "body", "zweimal"),
        ({"body": "{Termin} {Link} " + "x" * 900}, "body", "höchstens 900"),
        ({"body": "{Termin} {Link} " + "{Adresse} " * 60}, "body", "höchstens 900"),
    ],
)
def test_what_would_not_work_is_refused_with_what_to_do(salon: Salon, changes: dict[str, Any], field: str, sentence: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        save(key_of(), **({"title": TITLE, "body": BODY} | changes))
    assert sentence in refusal.value.data["fields"][field]
    assert list_versions(key_of()) == []


@pytest.mark.parametrize("name", ["code", "emergency", "reply_cancel_question", "staff_message", "../booked"])
def test_texts_whose_words_we_act_on_stay_ours(salon: Salon, name: str) -> None:
    with pytest.raises(NotFound):
        save(key_of(name=name))


def test_every_own_text_of_ours_could_be_saved(salon: Salon) -> None:
    """Whoever opens a text of ours and saves it unchanged is not refused."""
    for language in ("de", "en"):
        for name in (template.name for template in TEMPLATES.values() if template.is_editable):
            key = key_of(name=name, language=language)
            with force_locale(language):
                title, body = get_applying(key)
                save(key, body, title)
                assert get_applying(key) == (title, body)


def test_versions_are_kept_restored_and_reset(db: SQLAlchemy, salon: Salon) -> None:
    key = key_of()
    save(key, "Eins {Termin} {Link}")
    save(key, "Zwei {Termin} {Link}")
    run_in_transaction(lambda: restore_version(key, 1, based_on=2, author_id=new_ulid()))
    assert write().startswith("Eins")
    run_in_transaction(lambda: reset_template(key, based_on=3, author_id=new_ulid()))
    assert write().startswith("S:")
    assert [(row.version, row.is_current, bool(row.body)) for row in list_versions(key)] == [
        (4, True, False), (3, False, True), (2, False, True), (1, False, True),
    ]  # fmt: skip
    for unknown in (4, 9):
        with pytest.raises(NotFound):
            run_in_transaction(lambda number=unknown: restore_version(key, number, based_on=4, author_id=new_ulid()))
    actions = db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject == "message_template:booked")).all()
    assert sorted(actions) == ["message_template_reset", *["message_template_saved"] * 3]


def test_who_saves_over_anothers_change_is_told(salon: Salon) -> None:
    save(key_of())
    with pytest.raises(TemplateChanged):
        save(key_of(), based_on=0)
    assert len(list_versions(key_of())) == 1


def test_of_two_who_save_at_once_one_is_told(salon: Salon, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have looked before either wrote: the database refuses the second."""
    save(key_of())
    monkeypatch.setattr(template_versions, "get_latest_version", lambda _key: 0)
    with pytest.raises(TemplateChanged):
        run_in_transaction(lambda: save_template(key_of(), TITLE, "Zwei {Termin} {Link}", based_on=0, author_id=new_ulid()))
    assert [row.is_current for row in list_versions(key_of())] == [True] and write().startswith("Hallo")
