"""Whom callers ask for: by sound, by role, and people who do not work there. And numbers that are half understood."""

import pytest
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy

from app.demo.companies import KRUSE, LINDGREN, MORGENSTERN
from tests.support.agent_call import AgentCall
from tests.support.demo_company import make_demo_company

SALON, PRACTICE, GARAGE = LINDGREN, MORGENSTERN, KRUSE
CHILDREN = "Das machen bei uns Aylin Demir und Tom Weber."
WHO = "Wen meinen Sie: Mara Lindgren, Aylin Demir, Tom Weber oder Jonas Kaya?"
ASKED = [
    (SALON, "Kinderschnitt", "Eileen", "ambiguous", "Meinen Sie Aylin Demir?"),
    (SALON, "Kinderschnitt", "bei der Eileen", "ambiguous", "Meinen Sie Aylin Demir?"),
    (SALON, "Kinderschnitt bei der Eileen", None, "ambiguous", "Meinen Sie Aylin Demir?"),
    (SALON, "Herrenschnitt", "Yonas", None, " frei. Was passt Ihnen?"),
    (SALON, "Damenschnitt", "Marah", None, " frei. Was passt Ihnen?"),
    (SALON, "Damenschnitt", "die Chefin", "ambiguous", WHO),
    (SALON, "Damenschnitt", "der Chef", "ambiguous", WHO),
    (SALON, "Damenschnitt bei der Chefin", None, "ambiguous", WHO),
    (SALON, "Damenschnitt", "the owner", "ambiguous", WHO),
    (SALON, "Kinderschnitt", "Gerlinde", "unknown_staff", f"„Gerlinde“ arbeitet nicht hier. {CHILDREN}"),
    (SALON, "Kinderschnitt bei Gerlinde", None, "unknown_staff", f"„Gerlinde“ arbeitet nicht hier. {CHILDREN}"),
    (SALON, "Kinderschnitt", "Mara", "unknown_staff", f"Mara Lindgren bietet diese Leistung hier nicht an. {CHILDREN}"),
    (SALON, "Herrenschnitt", "ein Friseur", None, " frei. Was passt Ihnen?"),
    (PRACTICE, "Blutabnahme", "Gerlinde", "unknown_staff", "„Gerlinde“ arbeitet nicht hier. Das machen bei uns Sabine Roth."),
    (PRACTICE, "Sprechstunde", "der Arzt", None, " frei. Was passt Ihnen?"),
    (PRACTICE, "Sprechstunde", "Herr Doktor", "ambiguous", "Wen meinen Sie: Dr. Judith Morgenstern oder Dr. Paul Adler?"),
    (SALON, "Damenschnitt", "nicht bei der Mara, die ist mir zu teuer", None, " frei. Was passt Ihnen?"),
    (PRACTICE, "Sprechstunde", "Frau Morgenschtern", None, " frei. Was passt Ihnen?"),
    (GARAGE, "Ölwechsel", "der Meister", "ambiguous", "Wen meinen Sie: Henning Kruse oder Malik Osei?"),
    (GARAGE, "Ölwechsel", "ein Mechaniker", None, " frei. Was passt Ihnen?"),
    (GARAGE, "Ölwechsel", "Malick", None, " frei. Was passt Ihnen?"),
    (GARAGE, "oil change", "Stefan", "unknown_staff", "„Stefan“ arbeitet nicht hier. Das machen bei uns Henning Kruse und Malik Osei."),
]  # fmt: skip


def test_people_are_asked_about_and_never_a_dead_end(db: SQLAlchemy, client: FlaskClient) -> None:
    for company in (SALON, PRACTICE, GARAGE):
        make_demo_company(company)
    wrong = []
    for company, service, staff, code, words in ASKED:
        call = AgentCall(client, to_number=company.branches[0].number, call_id=f"call_{company.slug}")
        told = call.use("check_availability", service=service, staff=staff, date="2026-05-07")
        if told.get("code") != code or words not in told["say"]:
            wrong.append((service, staff, told.get("code"), told["say"]))
    assert wrong == []


@pytest.mark.parametrize(
    "phone, says",
    [
        ("null eins sieben eins, dreihundertzweiundneunzig, und dann weiß ich nicht", "Ziffer für Ziffer"),
        ("0171 39", "Ziffer für Ziffer"),
        ("die neue Nummer", "Unter welcher Nummer"),
    ],
)
def test_a_number_half_understood_is_asked_digit_by_digit(agent_call: AgentCall, phone: str, says: str) -> None:
    told = agent_call.use("request_callback", reason="Rechnung", name="Svea Thomsen", phone=phone)
    assert told["code"] == "missing" and says in told["say"], told
