"""Names and addresses that callers spell: taken where they are certain, asked where not, read back, and corrected in the same call."""

from typing import Any

import pytest
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.tenancy import company_scope
from app.models import Booking, Customer, StaffTask, WaitlistEntry
from tests.factories.salon import Salon
from tests.support.agent_call import ENGLISH, FAMILY, STRANGER, SVEA, AgentCall, add_customer

CUT = {"service": "Haarschnitt", "date": "2026-05-12", "time": "11:00"}


def booked_names(db: SQLAlchemy, salon: Salon) -> list[str | None]:
    db.session.rollback()
    with company_scope(salon.company_id):
        statement = select(Customer.name).join(Booking, Booking.customer_id == Customer.id).order_by(Booking.starts_at, Booking.id)
        return list(db.session.scalars(statement))


@pytest.fixture
def stranger(agent_call: AgentCall) -> AgentCall:
    agent_call.from_number = STRANGER
    return agent_call


@pytest.mark.parametrize(
    ("said", "name", "letters"),
    [
        ("Yilmaz, Y I L M A Z", "Yilmaz", "Yilmaz, Y I L M A Z, richtig?"),
        ("Meier mit a i", "Maier", "Maier, M A I E R, richtig?"),
        ("G wie Gustav, R wie Richard, O wie Otto, scharfes S", "Groß", "Groß, G R O Eszett, richtig?"),
        ("Anna Keler, K E doppel-L E R", "Anna Keller", "Anna Keller, K E L L E R, richtig?"),
        ("M wie Martha und Ü wie Übermut und zweimal L und E R", "Müller", "Müller, M Ü L L E R, richtig?"),
        ("Renate Schulz, ohne t vor dem z", "Renate Schulz", "Renate Schulz, S C H U L Z, richtig?"),
        ("Renate Schultz, ohne t vor dem z", "Renate Schulz", "Renate Schulz, S C H U L Z, richtig?"),
        ("Gisela Pohl, Pohl mit h vor dem l", "Gisela Pohl", "Gisela Pohl, P O H L, richtig?"),
        ("Gisela Pol, mit h vor dem l", "Gisela Pohl", "Gisela Pohl, P O H L, richtig?"),
        ("Anna Clark with an e after the k", "Anna Clarke", "Anna Clarke, C L A R K E, richtig?"),
    ],
)
def test_a_spelled_name_is_booked_and_read_back(
    db: SQLAlchemy, salon: Salon, stranger: AgentCall, said: str, name: str, letters: str
) -> None:
    told = stranger.use("book_appointment", **CUT, name=said)
    assert told["ok"] and told["say"].endswith(f"eingetragen. Auf den Namen {letters}")
    assert booked_names(db, salon) == [name]


@pytest.mark.parametrize(
    ("said", "options", "says"),
    [
        ("T wie Dora, O, M", ["Dom", "Tom"], "Schreibt sich das D O M oder T O M?"),
        ("M E I er", ["Meier", "Meir"], "Schreibt sich das M E I E R oder M E I R?"),
        ("Keller mit ph", [], "Den Namen habe ich nicht sicher verstanden."),
    ],
)
def test_a_name_that_is_not_certain_is_asked_and_nothing_is_booked(
    db: SQLAlchemy, salon: Salon, stranger: AgentCall, said: str, options: list[str], says: str
) -> None:
    told = stranger.use("book_appointment", **CUT, name=said)
    assert (told["ok"], told["code"], told["data"]["options"]) == (False, "ambiguous", options) and says in told["say"]
    assert booked_names(db, salon) == []


def test_a_spoken_address_is_read_and_read_back(db: SQLAlchemy, salon: Salon, stranger: AgentCall) -> None:
    told = stranger.use("book_appointment", **CUT, name="Anna Weber", email="anna punkt weber fünfundachtzig at gmx punkt de")
    assert told["say"].endswith("Die E-Mail-Adresse ist anna Punkt weber 8 5 at gmx Punkt de, richtig?")
    with company_scope(salon.company_id):
        assert db.session.scalars(select(Booking.contact_email)).all() == ["anna.weber85@gmx.de"]


@pytest.mark.parametrize(
    ("email", "code", "fields"),
    [
        ("müller at gmx punkt de", "ambiguous", {"options": ["mueller@gmx.de", "muller@gmx.de"]}),
        ("anna at gmial punkt com", "ambiguous", {"options": ["anna@gmail.com", "anna@gmial.com"]}),
        ("anna gmx", "missing", {"fields": ["email"]}),
        ("a@b.example, c@d.example", "missing", {"fields": ["email"]}),
    ],
)
def test_an_address_that_is_not_certain_is_asked(
    db: SQLAlchemy, salon: Salon, stranger: AgentCall, email: str, code: str, fields: dict[str, Any]
) -> None:
    told = stranger.use("book_appointment", **CUT, name="Anna Weber", email=email)
    assert (told["code"], {name: told["data"][name] for name in fields}) == (code, fields)
    assert booked_names(db, salon) == []


def test_a_rare_name_is_asked_for_its_letters_once(db: SQLAlchemy, salon: Salon, stranger: AgentCall) -> None:
    told = stranger.use("book_appointment", **CUT, name="Ngozi Okonkwo")
    assert told["say"].endswith("eingetragen. Wenn Sie mögen: Wie schreibt sich der Name, Buchstabe für Buchstabe?")
    again = stranger.use("book_appointment", **CUT | {"time": "15:00"}, name="Tunde Okonkwo")
    assert again["ok"] and again["say"].endswith("eingetragen.")
    assert booked_names(db, salon) == ["Ngozi Okonkwo", "Tunde Okonkwo"]


@pytest.mark.parametrize(("number", "name"), [(STRANGER, "Anna Weber"), (SVEA, "Svea Thomsen"), (ENGLISH, "Claire Bennett")])
def test_common_and_known_names_are_not_asked_for(salon: Salon, agent_call: AgentCall, number: str, name: str) -> None:
    agent_call.from_number = number
    assert agent_call.use("book_appointment", **CUT, name=name)["say"].endswith("eingetragen.")


def test_a_name_is_corrected_in_the_same_call(db: SQLAlchemy, salon: Salon, stranger: AgentCall) -> None:
    stranger.use("book_appointment", **CUT, name="Ayse Jilmas")
    told = stranger.use("correct_name", name="Y I L M A Z")
    assert (told["ok"], told["say"]) == (True, "Ayse Yilmaz, Y I L M A Z, richtig?")
    assert booked_names(db, salon) == ["Ayse Yilmaz"]
    assert stranger.use("correct_name", name="nein, Ayşe mit Cedille, Ayşe Yılmaz")["code"] == "ambiguous"
    with company_scope(salon.company_id):
        assert [customer.name for customer in db.session.scalars(select(Customer).where(Customer.name.like("%ilma%")))] == ["Ayse Yilmaz"]


def test_a_correction_renames_nobody_who_was_known_before(db: SQLAlchemy, salon: Salon, agent_call: AgentCall) -> None:
    agent_call.use("book_appointment", **CUT, name="Svea Thomsen")
    told = agent_call.use("correct_name", name="T wie Theodor O M S E N")
    assert told["data"]["name"] == "Svea Tomsen"
    assert booked_names(db, salon) == ["Svea Tomsen"]
    with company_scope(salon.company_id):
        assert set(db.session.scalars(select(Customer.name))) >= {"Svea Thomsen", "Svea Tomsen"}


def test_a_correction_goes_over_to_the_person_of_that_name(db: SQLAlchemy, salon: Salon, agent_call: AgentCall) -> None:
    agent_call.from_number = FAMILY
    agent_call.use("book_appointment", **CUT, name="Katrin Ewers")
    assert agent_call.use("correct_name", name="E B E R S")["data"]["name"] == "Katrin Ebers"
    with company_scope(salon.company_id):
        (booking,) = db.session.scalars(select(Booking))
        assert booking.customer_id == db.session.scalars(select(Customer.id).where(Customer.name == "Katrin Ebers")).one()


def test_without_a_booking_of_this_call_nothing_is_corrected(salon: Salon, agent_call: AgentCall) -> None:
    assert agent_call.use("correct_name", name="Y I L M A Z")["code"] == "not_found"
    assert agent_call.use("correct_name")["data"] == {"fields": ["name"]}


@pytest.mark.parametrize(
    ("given", "value", "says"),
    [
        ({"text": "Yilmaz, Y I L M A Z"}, "Yilmaz", "Yilmaz, Y I L M A Z, richtig?"),
        ({"text": "info at salon minus keller punkt de", "kind": "E-Mail"}, "info@salon-keller.de", "richtig?"),
        ({"text": "HH, A B, eins zwei drei", "kind": "Kennzeichen"}, "HH-AB 123", "H H, A B, 1 2 3, richtig?"),
        ({"text": "Göthestraße mit o e, zwölf a", "kind": "street"}, "Goethestraße 12 a", "Goethestraße 12 a, richtig?"),
    ],
)
def test_spelling_is_read_without_any_effect(salon: Salon, stranger: AgentCall, given: dict[str, str], value: str, says: str) -> None:
    told = stranger.use("parse_spelling", **given)
    assert told["data"]["value"] == value and told["say"].endswith(says)


@pytest.mark.parametrize(
    ("text", "kind", "says"),
    [
        ("M A B 1 2 3 4", "plate", "M A, B, 1 2 3 4"), ("in der Maierstraße zwölf", "street", "das M A I E R, M A Y E R oder M E I E R?"),
        ("anna punkt müller at gmx punkt de", "email", "das M U E L L E R oder M U L L E R?"),
        ("kilo lima sieben at gmx punkt de", "email", "das K I L O L I M A oder K L?"),
        ("tom at web", "email", "Zeichen für Zeichen"), ("mit th", "name", "M wie Martha"),
        ("mit th 12", "street", "Straße"),
    ],
)  # fmt: skip
def test_spelling_that_is_not_certain_is_asked(salon: Salon, stranger: AgentCall, text: str, kind: str, says: str) -> None:
    told = stranger.use("parse_spelling", text=text, kind=kind)
    assert told["code"] == "ambiguous" and says in told["say"]


def test_who_is_not_found_is_asked_for_the_letters_once(salon: Salon, agent_call: AgentCall) -> None:
    told = agent_call.use("identify_customer", name="Gunnar Holm")
    assert told["ok"] and told["say"] == "Danke. Wie schreibt sich der Name, Buchstabe für Buchstabe?"
    again = agent_call.use("identify_customer", name="Gunnar Holm, H O L M")
    assert again["ok"] and again["say"] == "Danke, was darf ich für Sie tun?" and again["data"]["known"] is False


def test_letters_identify_who_was_misheard(salon: Salon, agent_call: AgentCall) -> None:
    agent_call.use("identify_customer", name="Zwea Domsen")
    told = agent_call.use("identify_customer", name="S wie Siegfried V E A, Nachname T wie Theodor H O M S E N")
    assert told["data"]["certainty"] == "name"


def test_a_name_that_cannot_be_read_proves_nothing_and_counts_for_nothing(salon: Salon, agent_call: AgentCall) -> None:
    for _attempt in range(6):
        told = agent_call.use("identify_customer", name="Thomsen mit th und ph und ck")
        assert (told["code"], told["data"]["certainty"]) == ("ambiguous", "number") and "Buchstabieren" in told["say"]
    assert agent_call.use("identify_customer", name="Svea Thomsen")["data"]["certainty"] == "name"


def test_no_other_name_is_told_to_somebody_unproven(db: SQLAlchemy, salon: Salon, agent_call: AgentCall) -> None:
    with company_scope(salon.company_id):
        add_customer("Sven Tomsen", SVEA)
        db.session.commit()
    for function, given in (("identify_customer", {}), ("book_appointment", CUT), ("parse_spelling", {"text": "Swea Tompsen"})):
        told = agent_call.use(function, **{"name": "Swea Tompsen"} | given)
        assert "Thomsen" not in str(told) and "Sven" not in str(told)


def test_a_verified_caller_is_offered_the_own_name_by_its_sound(db: SQLAlchemy, salon: Salon, agent_call: AgentCall) -> None:
    agent_call.use("identify_customer", name="Svea Thomsen", birth_date="3.3.1985")
    told = agent_call.use("book_appointment", **CUT, name="Swea Thomsenn")
    assert told["say"].endswith("eingetragen. Svea Thomsen, T H O M S E N, richtig?")
    assert booked_names(db, salon) == ["Swea Thomsenn"]
    agent_call.use("correct_name", name="Svea Thomsen")
    assert booked_names(db, salon) == ["Svea Thomsen"]


def test_the_waiting_list_reads_spelled_names(db: SQLAlchemy, salon: Salon, stranger: AgentCall) -> None:
    told = stranger.use("join_waitlist", service="Haarschnitt", name="Yilmaz, Y I L M A Z")
    assert told["say"].endswith("Auf den Namen Yilmaz, Y I L M A Z, richtig?")
    with company_scope(salon.company_id):
        (entry,) = db.session.scalars(select(WaitlistEntry))
        assert db.session.get(Customer, entry.customer_id).name == "Yilmaz"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "said", ["null eins sieben eins drei neun zwo doppel null sieben sieben", "0171 double three 920077", "0171 392 zweimal die 0 77"]
)
def test_doubled_digits_of_a_number_are_read(db: SQLAlchemy, salon: Salon, agent_call: AgentCall, said: str) -> None:
    agent_call.from_number = None
    agent_call.use("book_appointment", **CUT, name="Anna Weber", phone=said)
    with company_scope(salon.company_id):
        assert db.session.scalars(select(Booking.contact_phone)).one() in ("+491713920077", "+4917133920077")


@pytest.mark.parametrize(
    ("said", "title"),
    [("Yilmaz, Y I L M A Z", "Yilmaz"), ("Meier mit a y", "Mayer"), ("T wie Dora, O, M", "T wie Dora, O, M")],
)
def test_notes_for_people_name_who_was_spelled(db: SQLAlchemy, salon: Salon, stranger: AgentCall, said: str, title: str) -> None:
    assert stranger.use("request_callback", name=said)["ok"] and stranger.use("take_message", text="Bitte melden", name=said)["ok"]
    assert stranger.use("request_callback", name=title)["ok"]
    with company_scope(salon.company_id):
        titles = db.session.scalars(select(StaffTask.title).order_by(StaffTask.id)).all()
    assert titles == [f"Rückruf: {title}", f"Nachricht von {title}"]


def test_long_spellings_are_read_whole(db: SQLAlchemy, salon: Salon, stranger: AgentCall) -> None:
    letters = {"L": "Ludwig", "E": "Emil", "U": "Ulrich", "T": "Theodor", "H": "Heinrich", "S": "Siegfried", "R": "Richard", "N": "Nordpol"}
    letters |= {"B": "Berta", "G": "Gustav", "A": "Anton"}
    said = ", ".join(f"{letter} wie {letters[letter]}" for letter in "LEUTHEUSSERSTRAENGBERG")
    assert stranger.use("book_appointment", **CUT, name=said)["ok"] and len(said) > 160
    assert booked_names(db, salon) == ["Leutheusserstraengberg"]


def test_a_name_that_was_spelled_with_a_refused_booking_is_not_asked_for(salon: Salon, stranger: AgentCall) -> None:
    stranger.from_number = None
    assert stranger.use("book_appointment", **CUT, name="Kurt Meier, mit e i")["code"] == "missing"
    told = stranger.use("book_appointment", **CUT, name="Kurt Meier", phone="0171 3920777")
    assert told["ok"] and told["say"].endswith("ist eingetragen.")


def test_a_branch_is_found_by_a_street_that_is_spelled(salon: Salon, stranger: AgentCall) -> None:
    told = stranger.use("book_appointment", **CUT, name="Anna Weber", branch="Linienstraße, L I N I E N")
    assert told["data"]["branch"] == "Berlin-Mitte"


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Xaver Huber, geboren 14.3.52", "Xaver Huber"),
        ("Xaver Huber geboren am vierzehnten März", "Xaver Huber"),
        ("Karl Baum, geb. 2.5.1949", "Karl Baum"),
        ("Karl Baum, born on the second of May 1949", "Karl Baum"),
        ("Max Born", "Max Born"),
    ],
)
def test_a_date_of_birth_is_no_part_of_the_name(db: SQLAlchemy, salon: Salon, stranger: AgentCall, said: str, name: str) -> None:
    assert stranger.use("book_appointment", **CUT, name=said)["ok"] and booked_names(db, salon) == [name]
