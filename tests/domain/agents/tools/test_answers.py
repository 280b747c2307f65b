"""Questions to the business: what is on record is told of the day, the person or the service that was asked for, and nothing else."""

# ruff: noqa: E501  (tables are read by column)

from typing import Any

from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from time_machine import Traveller

from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.demo.companies import KRUSE, LINDGREN, MORGENSTERN
from app.demo.schema import DemoCompany
from app.domain.companies.policies import save_policy
from app.domain.services.catalogue import list_services
from tests.doubles.messaging import TwilioDouble
from tests.support.agent_call import AgentCall
from tests.support.demo_company import make_demo_company

ADDRESS = "Sie finden uns in der Linienstraße 214, 10119 Berlin."
SPEAKS_ENGLISH = ["Hello.", "Hi there, I have a question for you please."]
NOT_KNOWN = "Das weiß ich leider nicht sicher."
LATEST = "Am längsten ist donnerstags geöffnet, bis 20 Uhr."
CHILDREN = "Kinderschnitt machen bei uns Aylin Demir und Tom Weber."
# on Monday, 30 November: the salon is closed on Sundays and Mondays
SALON = [
    ("Habt ihr zwischen den Jahren auf?", "Geöffnet ist am Dienstag, dem 29. Dezember, und am Mittwoch, dem 30. Dezember, von 9 Uhr bis 19 Uhr, und am Donnerstag, dem 31. Dezember, von 9 Uhr bis 20 Uhr. Sonst ist in dieser Zeit geschlossen."),
    ("Wann habt ihr über Weihnachten zu?", "Geöffnet ist am Donnerstag, dem 24. Dezember, von 9 Uhr bis 20 Uhr. Sonst ist in dieser Zeit geschlossen."),
    ("An welchem Tag habt ihr am längsten offen?", LATEST),
    ("Habt ihr abends mal länger auf?", LATEST),
    ("Habt ihr auch samstags auf?", "Am Samstag, dem 5. Dezember, ist von 9 Uhr bis 16 Uhr geöffnet."),
    ("Wie lange habt ihr unter der Woche auf?", "Geöffnet ist dienstags, mittwochs und freitags von 9 Uhr bis 19 Uhr, und donnerstags von 9 Uhr bis 20 Uhr."),
    ("Wie sind eure Öffnungszeiten?", "Geöffnet ist dienstags, mittwochs und freitags von 9 Uhr bis 19 Uhr, donnerstags"),
    ("Habt ihr am Sonntag auf?", "Am Sonntag, dem 6. Dezember, ist geschlossen"),
    ("Habt ihr gerade offen?", "Heute ist geschlossen"),
    ("Wie lange habt ihr heute auf?", "Heute ist geschlossen"),
    ("Habt ihr am Wochenende auf?", "Geöffnet ist am Samstag, dem 5. Dezember, von 9 Uhr bis 16 Uhr. Sonst ist in dieser Zeit geschlossen."),
    ("Haben Sie beim Umzug offen für Neues?", NOT_KNOWN),
    ("Wo seid ihr genau und kann man da parken?", f"{ADDRESS} Ob es Parkplätze gibt, weiß ich nicht sicher. Soll ich das weitergeben?"),
    ("Wie komme ich zu euch?", ADDRESS),
    ("Wo muss ich denn hin?", ADDRESS),
    ("Gibt es Parkplätze?", NOT_KNOWN),
    ("Wo finde ich euch und darf mein Hund mit?", f"{ADDRESS} Das andere weiß ich nicht sicher. Soll ich es weitergeben?"),
    ("Ist die Aylin am Samstag da?", "Aylin Demir ist am Samstag, dem 5. Dezember, von 9 Uhr bis 16 Uhr da."),
    ("Ist der Tom am Samstag da?", "Tom Weber ist am Samstag, dem 5. Dezember, nicht da."),
    ("Arbeitet die Aylin mittwochs?", "Aylin Demir ist übermorgen, Mittwoch, den 2. Dezember, nicht da."),
    ("Wann ist Jonas wieder da?", "Jonas Kaya ist wieder übermorgen, Mittwoch, den 2. Dezember, von 9 Uhr bis 19 Uhr da."),
    ("Wer ist am Samstag da?", "Am Samstag, dem 5. Dezember, sind Mara Lindgren, Aylin Demir und Jonas Kaya da."),
    ("Warum ist Tom am Samstag nicht da?", NOT_KNOWN),
    ("Ist Tom krank?", NOT_KNOWN),
    ("Wer schneidet bei euch Kinder?", CHILDREN),
    ("Wer macht Balayage?", "Balayage machen bei uns Mara Lindgren und Aylin Demir."),
    ("Wer arbeitet bei euch?", "Bei uns arbeiten Mara Lindgren, Aylin Demir, Tom Weber und Jonas Kaya."),
    ("Was kostet ein Damenschnitt?", "Damenschnitt dauert 45 Minuten und kostet 58 Euro."),
    ("Was kostet waschen schneiden föhnen bei Frauen?", "Zusammen dauert es eine Stunde und 15 Minuten und kostet 90 Euro."),
    ("Was kostet ein Haarschnitt?", "Damenschnitt dauert 45 Minuten und kostet 58 Euro. Herrenschnitt dauert"),
    ("Wie teuer ist Schneiden für meinen Sohn, vier Jahre?", "Kinderschnitt dauert 30 Minuten und kostet 22 Euro."),
    ("Was kostet eine Dauerwelle?", "Dauerwelle machen wir nicht."),
    ("Muss ich was zahlen, wenn ich absage?", NOT_KNOWN),
    ("Krieg ich da eine Nachricht aufs Telefon?", NOT_KNOWN),
    ("Und Samstag, bis wann?", "Am Samstag, dem 5. Dezember, ist von 9 Uhr bis 16 Uhr geöffnet."),
    ("Wie lang seid's ihr morgen da?", "Morgen, Dienstag, den 1. Dezember, ist von 9 Uhr bis 19 Uhr geöffnet."),
    ("Ist am zweiten Weihnachtstag offen?", "Am Samstag, dem 26. Dezember, ist wegen des Feiertags (Zweiter Weihnachtstag) geschlossen."),
    ("Was nehmen Sie für einen Herrenschnitt?", "Herrenschnitt dauert 30 Minuten und kostet 34 Euro."),
    ("Was nehmt ihr für'n Herrnschnitt?", "Herrenschnitt dauert 30 Minuten und kostet 34 Euro."),
    ("Macht ihr auch Hochsteckfrisuren?", "Hochsteckfrisuren machen wir nicht."),
    ("Macht ihr auch Dauerwelle?", "Dauerwelle machen wir nicht."),
    ("Habt ihr Dauerwellen im Angebot?", "Dauerwellen machen wir nicht."),
    ("Balayage macht's ihr a?", "Ja. Balayage dauert 2 Stunden und 30 Minuten und kostet 169 Euro."),
    ("Gibt's bei euch Strähnchen?", "Ja. Balayage dauert"),
    ("Wer schneidet bei Ihnen Haare?", "Das machen bei uns Mara Lindgren, Aylin Demir, Tom Weber und Jonas Kaya."),
    ("Wer sind eure Friseure?", "Bei uns arbeiten Mara Lindgren, Aylin Demir, Tom Weber und Jonas Kaya."),
    ("Ab wann macht ihr Balayage?", NOT_KNOWN),
    ("Wann macht ihr Balayage?", NOT_KNOWN),
    ("Wie lange geht eine Balayage?", "Balayage dauert 2 Stunden und 30 Minuten"),
    ("Wie lange brauche ich für Ansatz?", "Ansatzfarbe dauert anderthalb Stunden"),
    ("Sind Sie Samstag da?", "Am Samstag, dem 5. Dezember, ist von 9 Uhr bis 16 Uhr geöffnet."),
    (
        "Seid ihr an Silvester da?",
        "Für Silvester ist nichts Besonderes eingetragen, regulär ist am Donnerstag, dem 31. Dezember, von 9 Uhr bis 20 Uhr geöffnet.",
    ),
    ("Ist mein Schal morgen noch da?", NOT_KNOWN),
    ("Bis wann muss ich mich anmelden?", NOT_KNOWN),
    ("Darf ich meinen Hund mitbringen?", NOT_KNOWN),
]  # fmt: skip
ENGLISH = [
    ("Are you open late any evening?", "Thursdays"),
    ("Where exactly are you, and is there parking?", "Linienstraße 214"),
    ("Where exactly are you?", "Linienstraße 214"),
    ("What time do you close on Thursday?", "8 pm"),
    ("Does Aylin work on Saturdays?", "Aylin Demir is"),
    ("Who cuts children's hair?", "Aylin Demir and Tom Weber"),
    ("How much is wash, cut and blow-dry for a woman?", "90 euros"),
    ("What are your opening hours?", "on Tuesdays, Wednesdays and Fridays from 9 am to 7 pm"),
    ("Do I have to pay anything for cancelling?", "not"),
    ("And Saturday, until when?", "from 9 am to 4 pm"),
    ("What services do you have?", "We offer ladies' cut, men's cut, clipper cut,"),
    ("Who are your stylists?", "Our team is Mara Lindgren, Aylin Demir, Tom Weber and Jonas Kaya."),
    ("Who does the cutting at yours?", "Mara Lindgren, Aylin Demir, Tom Weber and Jonas Kaya do that here."),
    ("What do you charge for a men's haircut?", "34 euros"),
    ("Do you do men's cuts and beards?", "not"),
    ("Do you do perms?", "I'm afraid we have no perms. We offer"),
    ("What do you offer?", "We offer ladies' cut, men's cut, clipper cut, children's cut, wash and blow-dry, root touch-up and Balayage."),
    ("How long does a ladies' cut take?", "Ladies' cut takes 45 minutes and costs 58 euros."),
    ("Are you open on Boxing Day?", "closed for the public holiday (Second Day of Christmas)."),
]
PRACTICE = [
    ("Ist die Frau Doktor Morgenstern am Mittwoch da?", "Dr. Judith Morgenstern ist übermorgen, Mittwoch, den 2. Dezember, von 8 Uhr bis 13 Uhr da."),
    ("Wer nimmt Blut ab?", "Blutabnahme macht bei uns Sabine Roth."),
    ("Wann haben Sie Sprechstunde?", "Geöffnet ist montags und dienstags von 8 Uhr bis 12 Uhr und von 14 Uhr bis 18 Uhr, "),
    ("Wie sind Ihre Sprechzeiten?", "Geöffnet ist montags und dienstags"),
    ("Wann hat Dr. Adler Sprechstunde?", "Dr. Paul Adler ist wieder heute"),
    ("Ist Dr. Adler am Freitag da?", "Dr. Paul Adler ist am Freitag, dem 4. Dezember, von 8 Uhr bis 13 Uhr da."),
    ("Macht ihr auch Ultraschall?", NOT_KNOWN),
    ("Was kostet eine Zahnreinigung?", NOT_KNOWN),
    ("Macht ihr Impfungen?", "Ja. Impfung dauert 10 Minuten."),
    ("Wer impft bei Ihnen?", "Impfung macht bei uns Sabine Roth."),
    ("An welchem Tag haben Sie am längsten offen?", "Am längsten ist donnerstags geöffnet, bis 19 Uhr."),
]  # fmt: skip
GARAGE = [
    ("Wer macht bei euch TÜV?", "Hauptuntersuchung macht bei uns Henning Kruse."),
    ("Was kostet Räder umstecken?", "Radwechsel dauert 30 Minuten und kostet 45 Euro."),
    ("Was nehmen Sie für einen Radwechsel?", "Radwechsel dauert 30 Minuten und kostet 45 Euro."),
    ("Wat nehmt ihr für Reifen umstecken?", "Radwechsel dauert 30 Minuten und kostet 45 Euro."),
    ("Ab wann kann ich morgen das Auto bringen?", "Morgen, Dienstag, den 1. Dezember, ist von 7 Uhr 30 bis 17 Uhr geöffnet."),
    ("Ab wann kann ich das Auto bringen?", "Geöffnet ist montags bis donnerstags von 7 Uhr 30 bis 17 Uhr, freitags"),
    ("Bis wann ist mein Auto fertig?", NOT_KNOWN),
    ("Wann kann ich mein Auto abholen?", NOT_KNOWN),
    ("Ist Malik samstags da?", "Malik Osei ist am Samstag, dem 5. Dezember, von 9 Uhr bis 12 Uhr da."),
]


def _list_wrong(client: FlaskClient, company: DemoCompany, rows: list[tuple[str, str]], utterances: list[str]) -> list[tuple[str, str]]:
    call = AgentCall(client, to_number=company.branches[0].number, call_id=f"call_{company.slug}_{len(utterances)}", utterances=utterances)
    found = [(question, words, call.use("answer_question", question=question)["say"]) for question, words in rows]
    return [(question, say) for question, words, say in found if words not in say]


def test_questions_are_answered_from_the_record_or_not_at_all(db: SQLAlchemy, client: FlaskClient, monday: Traveller) -> None:
    monday.move_to("2026-11-30T20:00:00+01:00")
    for company in (LINDGREN, MORGENSTERN, KRUSE):
        make_demo_company(company)
    wrong = _list_wrong(client, LINDGREN, SALON, [])
    wrong += _list_wrong(client, LINDGREN, ENGLISH, SPEAKS_ENGLISH)
    wrong += _list_wrong(client, MORGENSTERN, PRACTICE, []) + _list_wrong(client, KRUSE, GARAGE, [])
    assert wrong == []


FOLLOW_UPS = [
    ("Wie lange dauert das?", NOT_KNOWN),
    ("", ""),
    ("Wie lange dauert das denn?", "Balayage dauert 2 Stunden und 30 Minuten"),
    ("Und was kostet das dann?", "169 Euro"),
    ("Was kost'n dit?", "169 Euro"),
    ("Was kostet ein Herrenschnitt?", "34 Euro"),
    ("Was kostet ein Parkplatz?", NOT_KNOWN),
]


def test_what_this_call_has_spoken_of_is_meant_by_that(db: SQLAlchemy, client: FlaskClient, monday: Traveller) -> None:
    make_demo_company(LINDGREN)
    call = AgentCall(client, to_number=LINDGREN.branches[0].number)
    for question, words in FOLLOW_UPS:
        if not question:
            assert call.use("check_availability", service="Strähnchen", date="Freitag")["ok"]
        else:
            assert words in call.use("answer_question", question=question)["say"], question


def test_questions_for_another_branch_are_answered_for_that_one(db: SQLAlchemy, client: FlaskClient, monday: Traveller) -> None:
    monday.move_to("2026-11-30T20:00:00+01:00")
    make_demo_company(LINDGREN)
    rows = [
        ("Wie ist eure Adresse in Pankow?", "Florastraße 78, 13187 Berlin."),
        ("Wann hat Pankow samstags auf?", "Am Samstag, dem 5. Dezember, ist von 9 Uhr bis 14 Uhr geöffnet."),
        ("Wer arbeitet in Pankow?", "Svenja Marquardt, Nele Hofmann und Emre Yıldız."),
        ("Habt ihr in Mitte am Samstag offen?", "von 9 Uhr bis 16 Uhr"),
        ("Habt ihr am Samstag offen?", "von 9 Uhr bis 16 Uhr"),
    ]
    assert _list_wrong(client, LINDGREN, rows, []) == []


MOBILE, LANDLINE = "+491713920561", "+493090182052"
UNSET: dict[str, Any] = {"fee_cents": None, "fee_within_minutes": None, "cancel_minutes": None}
FEE = {"fee_cents": 2000, "fee_within_minutes": 1440}


RULES: list[tuple[dict[str, Any], list[str], str, str]] = [
    ({}, [], "Bis wann kann ich absagen?", "Absagen geht bis zum Beginn des Termins."),
    ({"cancel_minutes": 120}, [], "Wie lange vorher kann ich absagen?", "Absagen geht bis 2 Stunden vorher."),
    (FEE, [], "Kostet dit wat, wenn ick absage?", "Bis 24 Stunden vorher kostet das Absagen nichts, danach oder ohne Absage werden 20 Euro berechnet."),
    (FEE, [], "Was ist, wenn ich nicht komme, muss ich dann zahlen?", "werden 20 Euro berechnet."),
    (FEE, SPEAKS_ENGLISH, "Is there a fee if I cancel?", "Cancelling is free of charge up to 24 hours before; after that, or without notice, 20 euros are charged."),
    ({"fee_cents": 1500}, [], "Kostet Absagen was?", "Absagen kostet nichts, wer nicht kommt, zahlt 15 Euro."),
    ({}, SPEAKS_ENGLISH, "What's your cancellation policy?", "You can cancel until the appointment begins."),
    ({"fee_cents": 0}, [], "Kostet das Absagen was?", "Absagen kostet bei uns nichts."),
]  # fmt: skip


def test_what_a_cancellation_costs_is_told_by_the_rules(db: SQLAlchemy, client: FlaskClient, monday: Traveller) -> None:
    company = make_demo_company(LINDGREN)
    wrong = []
    for rules, utterances, question, words in RULES:
        with company_scope(company.id), transaction():
            save_policy("company", None, UNSET | rules)
        wrong += _list_wrong(client, LINDGREN, [(question, words)], utterances)
    assert wrong == []


def test_rules_that_are_not_the_same_for_all_services_are_not_told(db: SQLAlchemy, client: FlaskClient, monday: Traveller) -> None:
    company = make_demo_company(LINDGREN)
    with company_scope(company.id), transaction():
        save_policy("service", list_services(limit=1)[0].id, FEE)
    assert _list_wrong(client, LINDGREN, [("Kostet Absagen was?", NOT_KNOWN)], []) == []


LINES = [
    (MOBILE, "Krieg ich da eine Nachricht aufs Telefon?", "Ja, die Bestätigung kommt in der Regel als SMS an Ihre Nummer."),
    (MOBILE, "Schickt ihr mir eine SMS?", "Ja, die Bestätigung kommt"),
    (LANDLINE, "Schickt ihr mir eine SMS?", "Wenn Sie mir eine Handynummer nennen, kommt die Bestätigung dorthin."),
    (None, "Schickt ihr mir eine SMS?", "Wenn Sie mir eine Handynummer nennen"),
    (MOBILE, "Könnt ihr mich vorher erinnern, schickt ihr da was?", NOT_KNOWN),
]


def test_whether_a_message_comes_is_told_by_the_line(
    db: SQLAlchemy, client: FlaskClient, monday: Traveller, twilio: TwilioDouble
) -> None:  # fmt: skip
    make_demo_company(LINDGREN)
    for place, (number, question, words) in enumerate(LINES):
        call = AgentCall(client, number, LINDGREN.branches[0].number, f"call_{place}")
        assert words in call.use("answer_question", question=question)["say"], (number, question)
