"""What callers say of a service: what is wished, for whom, and what is only remarked, at three trades."""

import pytest
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.extensions import db as database
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.demo.companies import COMPANIES
from app.domain.services.catalogue import list_services
from app.domain.services.fuzzy_text import fold
from app.domain.services.requested_services import get_services
from app.domain.services.spoken_names import ENGLISH_NAMES, get_spoken_name
from app.models import Booking, Company, ServiceSynonym
from tests.support.agent_call import AgentCall
from tests.support.demo_company import make_demo_company

NUMBERS = {demo.industry: demo.branches[0].number for demo in COMPANIES}
SALON, PRACTICE, GARAGE = "hair_salon", "medical_practice", "garage"


@pytest.fixture
def companies(db: SQLAlchemy) -> dict[str, Company]:
    return {demo.industry: make_demo_company(demo) for demo in COMPANIES}


def ask(client: FlaskClient, industry: str, service: str) -> str:
    """What the agent answers to the question for a service: its names, or the code and the sentence."""
    told = AgentCall(client, to_number=NUMBERS[industry], call_id=f"call_{industry}").use("get_service_info", service=service)
    if not told["ok"] or "service" not in told["data"]:
        return f"{told.get('code')}: {told['say']}"
    return " + ".join(row["name"] for row in told["data"].get("services", [told["data"]["service"]]))


def list_wrong(client: FlaskClient, rows: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    found = [(said, expected, ask(client, industry, said)) for industry, said, expected in rows]
    return [row for row in found if row[1] != row[2]]


REMARKS = [
    (SALON, "Ansatz nachfärben, was nehmt ihr da", "Ansatzfarbe"),
    (SALON, "einmal Damenschnitt und einmal Kinderschnitt, gleichzeitig", "Damenschnitt + Kinderschnitt"),
    (SALON, "Herrenschnitt, ganz normal", "Herrenschnitt"),
    (SALON, "Damenschnitt, lange Haare", "Damenschnitt"),
    (SALON, "Damenschnitt mit langen Haaren", "Damenschnitt"),
    (SALON, "Herrenschnitt, sorry for being late", "Herrenschnitt"),
    (SALON, "Herrenschnitt, aber nicht zu kurz", "Herrenschnitt"),
    (SALON, "men's cut, nothing special", "Herrenschnitt"),
    (SALON, "ladies' cut, my hair is quite long", "Damenschnitt"),
    (SALON, "es ist für eine Hochzeit, Damenschnitt bitte", "Damenschnitt"),
    (SALON, "Balayage, so wie letztes Mal", "Balayage"),
    (SALON, "Damenschnitt, Färben und ein bisschen quatschen", "Damenschnitt + Ansatzfarbe"),
    (SALON, "Damenschnitt, dann noch Färben", "Damenschnitt + Ansatzfarbe"),
    (SALON, "waschen schneiden föhnen bei Frauen", "Waschen und Föhnen + Damenschnitt"),
    (SALON, "wash, cut and blow-dry for a woman", "Waschen und Föhnen + Damenschnitt"),
    (PRACTICE, "Blut abnehmen, nüchtern", "Blutabnahme"),
    (PRACTICE, "Arzttermin, dieser Husten bringt mich noch um", "Sprechstunde"),
    (PRACTICE, "Check-up, bin 40 geworden", "Gesundheits-Check"),
    (PRACTICE, "Arzttermin, bin erkältet", "Sprechstunde"),
    (PRACTICE, "blood test, I won't have eaten", "Blutabnahme"),
    (PRACTICE, "Impfung, und zwar gegen Grippe", "Impfung"),
    (PRACTICE, "ich war lange nicht da, Gesundheits-Check", "Gesundheits-Check"),
    (PRACTICE, "a consultation, I have a bad cough", "Sprechstunde"),
    (PRACTICE, "Befundbesprechung, kein Notfall", "Befundbesprechung"),
    (PRACTICE, "Sprechstunde, Rezept brauche ich auch", "Sprechstunde"),
    (PRACTICE, "Impfung, für meine Mutter, 81 Jahre", "Impfung"),
    (PRACTICE, "general check-up, heart and blood and so on", "Gesundheits-Check"),
    (PRACTICE, "so ein Check mit Herz und Blut und allem", "Gesundheits-Check"),
    (PRACTICE, "großer Check, Herz, Blut, alles", "Gesundheits-Check"),
    (PRACTICE, "yearly check-up, bloods and everything", "Gesundheits-Check"),
    (PRACTICE, "Check-up und Blutabnahme", "Gesundheits-Check + Blutabnahme"),
    (PRACTICE, "check-up with blood test", "Gesundheits-Check + Blutabnahme"),
    (GARAGE, "Ölwechsel, ist schon überfällig", "Ölwechsel"),
    (GARAGE, "Bremsen, die quietschen", "Bremsenprüfung"),
    (GARAGE, "Ölwechsel weil der überfällig ist", "Ölwechsel"),
    (GARAGE, "Inspektion, die große, bei 120.000", "Inspektion"),
    (GARAGE, "TÜV, läuft Ende des Monats ab", "Hauptuntersuchung"),
    (GARAGE, "Fehlersuche, der Motor ruckelt und die Lampe blinkt", "Fehlersuche"),
    (GARAGE, "oil change, it's overdue", "Ölwechsel"),
    (GARAGE, "Klimaservice, sie kühlt nicht mehr", "Klimaservice"),
    (GARAGE, "mein Golf zieht nach links, Bremsenprüfung", "Bremsenprüfung"),
    (GARAGE, "brake check, they squeal in the rain", "Bremsenprüfung"),
    (GARAGE, "Inspektion und Ölwechsel, zusammen bitte", "Inspektion + Ölwechsel"),
]


def test_what_stands_behind_a_pause_is_a_remark(companies: dict[str, Company], client: FlaskClient) -> None:
    assert list_wrong(client, REMARKS) == []


WHICH_CUT = "ambiguous: Was meinen Sie: {}?"
AUDIENCES = [
    (SALON, "Haarschnitt", WHICH_CUT.format("Damenschnitt, Herrenschnitt oder Kinderschnitt")),
    (SALON, "Haarschnitt für mich", WHICH_CUT.format("Damenschnitt, Herrenschnitt oder Kinderschnitt")),
    (SALON, "einmal Haare schneiden", WHICH_CUT.format("Damenschnitt, Herrenschnitt oder Kinderschnitt")),
    (SALON, "Spitzen schneiden", WHICH_CUT.format("Damenschnitt, Herrenschnitt oder Kinderschnitt")),
    (SALON, "einmal komplett, Färben Schneiden Föhnen", WHICH_CUT.format("Damenschnitt, Herrenschnitt oder Kinderschnitt")),
    (SALON, "Haarschnitt für meinen Kleinen", WHICH_CUT.format("Herrenschnitt oder Kinderschnitt")),
    (SALON, "Haarschnitt für meine Kleine", WHICH_CUT.format("Damenschnitt oder Kinderschnitt")),
    (SALON, "Haarschnitt für meinen Sohn", WHICH_CUT.format("Herrenschnitt oder Kinderschnitt")),
    (SALON, "Haarschnitt für meinen Kleinen, der ist vier", "Kinderschnitt"),
    (SALON, "Haarschnitt für meine Enkelin, 6 Jahre", "Kinderschnitt"),
    (SALON, "Haarschnitt für meinen Papa", "Herrenschnitt"),
    (SALON, "Haarschnitt, ich bin ein Mann", "Herrenschnitt"),
    (SALON, "Haarschnitt, mein Sohn ist 25 Jahre alt", "Herrenschnitt"),
    (SALON, "Haare schneiden für die Oma", "Damenschnitt"),
    (SALON, "eenmal Haare schneiden, Herrn", "Herrenschnitt"),
    (SALON, "Schnitt für den Herrn", "Herrenschnitt"),
    (SALON, "für einen Herrn", "Herrenschnitt"),
    (SALON, "for a gentleman", "Herrenschnitt"),
    (SALON, "für meinen Sohn", WHICH_CUT.format("Herrenschnitt oder Kinderschnitt")),
    (SALON, "haircut for my little one", "Kinderschnitt"),
    (SALON, "haircut for my granddad", "Herrenschnitt"),
    (SALON, "a trim, it's for my four-year-old", "Kinderschnitt"),
    (SALON, "haircut for my girlfriend", "Damenschnitt"),
    (SALON, "Schnitt für unseren Jüngsten, fünf Jahre", "Kinderschnitt"),
    (SALON, "Herrenschnitt", "Herrenschnitt"),
    (SALON, "Maschinenschnitt für meinen Sohn", "Maschinenschnitt"),
    (SALON, "Damenschnitt für meine Tochter", "Damenschnitt"),
]


def test_for_whom_it_is_decides_or_is_asked(companies: dict[str, Company], client: FlaskClient) -> None:
    assert list_wrong(client, AUDIENCES) == []


EVERYDAY = [
    *((GARAGE, said, "Radwechsel") for said in (
        "Winterreifen", "Winterreifen draufmachen", "Sommerreifen", "Räder umstecken", "Reifen wechseln", "Sommer auf Winterreifen",
        "winter tyres", "winter tires put on", "swap my tyres", "Ganzjahresreifen",
    )),
    *((GARAGE, said, "Hauptuntersuchung") for said in ("TÜV", "TÜV neu machen", "HU", "HU und AU", "neue Plakette")),
    *((GARAGE, said, "Fehlersuche") for said in (
        "Motorkontrollleuchte", "Auto macht komische Geräusche", "check engine light", "Fehlerspeicher auslesen",
        "Batterie prüfen", "Auto is tot, springt nimmer an", "Licht geht nicht", "Fenster geht nicht zu",
        "Blinker is hi", "the radio is broken",
    )),
    *((GARAGE, said, "Bremsenprüfung") for said in ("Bremsbeläge", "die Bremsen quietschen", "squeaky brakes")),
    *((GARAGE, said, "Klimaservice") for said in ("Klimaanlage kühlt nicht", "AC doesn't work")),
    *((PRACTICE, said, "Impfung") for said in (
        "Grippeimpfung für meinen Mann und mich","de Grippespritze", "Zeckenimpfung", "flu vaccine")),
    *((SALON, said, "Balayage") for said in ("Strähnchen", "Strähnen")),
    *((SALON, said, "Ansatzfarbe") for said in ("Ansatz", "Färben", "Haare färben", "roots done", "Ansatz, was kostet der")),
    *((PRACTICE, said, "Sprechstunde") for said in (
        "Husten", "Erkältung", "Termin beim Arzt", "Termin bei der Frau Doktor", "a doctor's appointment, I have a bad cough",
        "Krankschreibung", "sore throat", "was Dringendes", "something urgent", "ich bin krank",
    )),
    *((PRACTICE, said, "Blutabnahme") for said in ("Blut abnehmen", "Blutbild", "Bluttest", "blood work")),
    *((PRACTICE, said, "Hautkrebs-Vorsorge") for said in ("Muttermal anschauen lassen", "mole check")),
]  # fmt: skip


def test_everyday_words_of_a_trade_mean_what_is_offered(companies: dict[str, Company], client: FlaskClient) -> None:
    assert list_wrong(client, EVERYDAY) == []


NOT_OFFERED = [
    (SALON, "Dauerwelle", "unknown_service: Dauerwelle machen wir nicht. Wir bieten"),
    (SALON, "eine Dauerwelle bitte", "unknown_service: Dauerwelle machen wir nicht. Wir bieten"),
    (SALON, "Damenschnitt und Dauerwelle", "unknown_service: Dauerwelle machen wir nicht. Soll es bei Damenschnitt bleiben?"),
    (SALON, "Herrenschnitt, Massage", "unknown_service: Massage machen wir nicht. Soll es bei Herrenschnitt bleiben?"),
    (SALON, "Winterreifen", "unknown_service: „Winterreifen“ steht nicht im Angebot."),
    (SALON, "Winterreifen drauf", "unknown_service: „Winterreifen drauf“ steht nicht im Angebot. Wir bieten unter anderem"),
    (SALON, "Bart stutzen", "unknown_service: Bart stutzen machen wir nicht. Wir bieten"),
    (PRACTICE, "für meinen Sohn", "unknown_service: „für meinen Sohn“ steht nicht im Angebot. Wir bieten unter anderem"),
    (PRACTICE, "Zahnreinigung", "unknown_service: Zahnreinigung machen wir nicht. Wir bieten"),
    (PRACTICE, "Radwechsel", "unknown_service: Radwechsel machen wir nicht. Wir bieten"),
    (GARAGE, "Haarschnitt", "unknown_service: Haarschnitt machen wir nicht. Wir bieten"),
]


def test_what_is_not_offered_is_said_so(companies: dict[str, Company], client: FlaskClient) -> None:
    found = [(said, expected, ask(client, industry, said)) for industry, said, expected in NOT_OFFERED]
    assert [row for row in found if not row[2].startswith(row[1])] == []


BOOKED = [
    # the words for the service, the name, further arguments, what is booked, and what is said
    ("Haarschnitt für meinen Kleinen", "Finn Albers, mein Sohn, vier Jahre", {}, "Kinderschnitt", "Der Termin für Finn am"),
    ("Haarschnitt", "Finn Albers, mein Sohn, vier Jahre", {}, "Kinderschnitt", "Der Termin für Finn am"),
    ("Haarschnitt", "Frau Jutta Behrens", {}, "Damenschnitt", "Ihr Termin am"),
    ("Haarschnitt", "für meinen Papa, Otto Behrens", {}, "Herrenschnitt", "Der Termin für Otto am"),
    ("Haarschnitt", "Otto Behrens", {"notes": "Kunde ist ein Mann"}, "Herrenschnitt", "Ihr Termin am"),
    ("Schnitt für den Opa", "Otto Behrens", {}, "Herrenschnitt", "Der Termin für Otto am"),
    ("Herrenschnitt, ganz kurz an den Seiten", "Otto Behrens", {}, "Herrenschnitt", "Ihr Termin am"),
    ("haircut", "my husband Daniel Hart", {}, "Herrenschnitt", "The appointment for Daniel on"),
    ("haircut for my daughter, she is five", "Emma Hart", {}, "Kinderschnitt", "The appointment for Emma on"),
]


@pytest.mark.parametrize("service, name, more, expected, begins", BOOKED, ids=[f"{row[0]}: {row[1]}" for row in BOOKED])
def test_the_booked_sentence_says_what_with_whom_and_for_whom(
    db: SQLAlchemy, client: FlaskClient, service: str, name: str, more: dict[str, str], expected: str, begins: str
) -> None:
    company = make_demo_company(COMPANIES[0])
    utterances = ["Hello.", "I'd like to book a haircut please."] if "appointment" in begins else []
    call = AgentCall(client, from_number="+491713920790", to_number=NUMBERS[SALON], utterances=utterances)
    told = call.use("book_appointment", service=service, name=name, date="2026-05-07", time="15:00", **more)
    assert told["ok"], told
    with company_scope(company.id):
        booking = db.session.scalars(select(Booking)).one()
        assert booking.notes == (more.get("notes") or service.partition(", ")[2] or None)
    assert told["data"]["service"] == expected
    assert told["say"].startswith(begins), told["say"]
    spoken = ENGLISH_NAMES[fold(expected)] if utterances else expected
    assert f", {spoken} " in told["say"] and told["data"]["staff"] in told["say"]


def test_without_a_word_for_whom_it_is_asked_which(companies: dict[str, Company], client: FlaskClient) -> None:
    call = AgentCall(client, to_number=NUMBERS[SALON])
    for name in ("Erika Mann", "Anna Junge", "Toni Albers"):
        told = call.use("book_appointment", service="Haarschnitt", name=name, date="2026-05-07", time="15:00")
        assert told["code"] == "ambiguous" and "Damenschnitt" in told["say"], told


def test_english_names_are_said_and_understood(companies: dict[str, Company], client: FlaskClient) -> None:
    for company in companies.values():
        with company_scope(company.id):
            for service in list_services(limit=20):
                assert get_services(get_spoken_name(service, "en"), language="en") == [service]
                assert get_spoken_name(service, "de") == service.name


def test_an_english_synonym_of_the_company_is_the_name(companies: dict[str, Company], client: FlaskClient) -> None:
    with company_scope(companies[GARAGE].id), transaction():
        service = get_services("Ölwechsel")[0]
        database.session.add(ServiceSynonym(service_id=service.id, text="oil and filter change", key="oil and filter change", certainty=95))
        database.session.flush()
        assert get_spoken_name(service, "en") == "oil and filter change"


@pytest.mark.parametrize(
    "words",
    [
        "so Strähnchen, so blonde, und ein bisschen Spitzen schneiden",
        "Strähnchen und Spitzen schneiden",
        "highlights and a trim",
        "Balayage und Haare schneiden",
    ],
)
def test_a_second_service_is_asked_about_and_not_lost(client: FlaskClient, companies: dict[str, Company], words: str) -> None:
    assert ask(client, SALON, words).startswith(("ambiguous: Was meinen Sie: Damenschnitt", "ambiguous: What do you mean: ladies' cut"))


@pytest.mark.parametrize(
    ("words", "is_told"),
    [
        ("Bremsen vorne neu, Scheiben und Beläge, Golf 7", True),
        ("Bremsen erneuern", True),
        ("new brakes, discs and pads", True),
        ("replace the brakes", True),
        ("Bremsen prüfen", False),
        ("Bremsenprüfung", False),
        ("Ölwechsel", False),
        ("TÜV neu", False),
        ("change the oil", False),
    ],
)
def test_a_check_is_not_sold_as_the_repair(client: FlaskClient, companies: dict[str, Company], words: str, is_told: bool) -> None:
    told = AgentCall(client, to_number=NUMBERS[GARAGE]).use("get_service_info", service=words)
    assert told["ok"] and ("nur die Prüfung" in told["say"] or "only the check" in told["say"]) == is_told, told
