"""Instructions in an emergency, and labels of its kinds."""

from flask_babel import gettext as _, lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.domain.emergencies.emergency_numbers import EmergencyNumbers
from app.domain.emergencies.signs import EmergencyKind

LABELS: dict[str, LazyString] = {
    "suicide": _l("Suizidgedanken"),
    "not_breathing": _l("Atmet nicht"),
    "breathing": _l("Atemnot"),
    "stroke": _l("Schlaganfall"),
    "heart": _l("Herz oder Brust"),
    "unconscious": _l("Bewusstlos"),
    "bleeding": _l("Starke Blutung"),
    "injury": _l("Schwere Verletzung"),
    "head_injury": _l("Kopfverletzung"),
    "allergy": _l("Allergischer Schock"),
    "poison": _l("Vergiftung"),
    "seizure": _l("Krampfanfall"),
    "labour": _l("Schwangerschaft oder Geburt"),
    "meningitis": _l("Schwer krankes Kind"),
    "diabetes": _l("Unterzucker"),
    "burn": _l("Verbrennung oder Verätzung"),
    "heat_and_cold": _l("Hitzschlag oder Unterkühlung"),
    "carbon_monoxide": _l("Kohlenmonoxid"),
    "gas": _l("Gasgeruch"),
    "fire": _l("Feuer oder Rauch"),
    "assault": _l("Gewalt oder Überfall"),
    "accident": _l("Unfall"),
    "motorway": _l("Panne an gefährlicher Stelle"),
    "brakes": _l("Bremsen versagen"),
    "dental_airway": _l("Schwellung, Atmen oder Schlucken"),
    "dental_bleeding": _l("Blutung im Mund"),
    "tooth_out": _l("Zahn ausgeschlagen"),
    "dental_pain": _l("Starke Zahnschmerzen oder Schwellung"),
    "toothache": _l("Zahnschmerzen"),
    "vet_emergency": _l("Tier in Not"),
    "pipe": _l("Rohrbruch"),
    "flood": _l("Wasser im Haus"),
    "sewage": _l("Rückstau"),
    "sparks": _l("Strom und Brandgeruch"),
    "no_heating": _l("Heizung oder Strom ausgefallen"),
    "freezing": _l("Keine Heizung bei Kälte"),
    "breakdown": _l("Panne"),
    "urgent": _l("Dringende Beschwerden"),
    "called_for": _l("Ruf nach Hilfe"),
    "medical": _l("Medizinischer Notfall"),
    "named": _l("Als Notfall genannt"),
    "own": _l("Eigenes Stichwort"),
    "reported": _l("Von der Assistentin gemeldet"),
}


def get_label(kind: str) -> str:
    return str(LABELS.get(kind, kind))


def say_instructions(kind: EmergencyKind, numbers: EmergencyNumbers, *, puts_through: bool) -> str:
    """Say what to dial, what to do until then, and the transfer, in the current language."""
    help_first = _say_first_help(kind, numbers)
    if kind.level == "on_call":
        return " ".join((help_first, _say_transfer(puts_through) if puts_through else _say_without_transfer(kind, numbers)))
    return f"{help_first} {_say_transfer(puts_through)}" if puts_through else help_first


def _say_transfer(puts_through: bool) -> str:
    return _("Ich verbinde Sie gleichzeitig, bitte bleiben Sie dran.") if puts_through else ""


def _say_without_transfer(kind: EmergencyKind, numbers: EmergencyNumbers) -> str:
    """Say what to do where no on-call contact exists."""
    if kind.name == "vet_emergency":
        return _(
            "Bitte fahren Sie sofort zur nächsten Tierklinik oder rufen Sie den tierärztlichen Notdienst. Ich habe es als Notfall notiert."
        )
    if "dental" in kind.areas:
        return _("Bitte gehen Sie zum zahnärztlichen Notdienst oder in eine Notaufnahme. Ich habe es als Notfall notiert.")
    return _("Ich habe es als Notfall notiert. Ist jemand in Gefahr, wählen Sie sofort die %(number)s.", number=numbers.rescue)


def _say_first_help(kind: EmergencyKind, numbers: EmergencyNumbers) -> str:
    if (sentence := _say_kind_specific(kind.name, numbers)) is not None:
        return sentence
    if kind.level == "urgent":
        return _(
            "Das sollte heute noch ärztlich angesehen werden. Bitte rufen Sie den ärztlichen Bereitschaftsdienst unter %(doctor)s an,"
            " und wenn es schlimmer wird, die %(rescue)s.",
            doctor=numbers.doctor or numbers.rescue, rescue=numbers.rescue,
        )  # fmt: skip
    if kind.level == "on_call":
        return _("Das ist dringend.")
    return _("Das klingt nach einem Notfall. Bitte wählen Sie sofort die %(number)s.", number=numbers.rescue)


def _say_kind_specific(name: str, numbers: EmergencyNumbers) -> str | None:
    """Say the instructions specific to one kind; None without any."""
    match name:
        case "suicide":
            return _say_counselling(numbers)
        case "gas":
            return _(
                "Bitte machen Sie kein Licht an und gehen Sie alle sofort nach draußen. Wählen Sie dort die %(number)s.",
                number=numbers.fire,
            )
        case "carbon_monoxide":
            return _("Bitte gehen Sie alle sofort an die frische Luft und wählen Sie draußen die %(number)s.", number=numbers.fire)
        case "fire":
            return _("Bitte bringen Sie sich sofort in Sicherheit und wählen Sie die %(number)s.", number=numbers.fire)
        case "sparks":
            return _("Bitte fassen Sie nichts an. Bei Rauch oder Funken gehen Sie hinaus und wählen die %(number)s.", number=numbers.fire)
        case "assault":
            return _("Bitte bringen Sie sich in Sicherheit und wählen Sie sofort die %(number)s.", number=numbers.police)
        case "motorway":
            return _(
                "Bitte Warnblinker an, aussteigen und hinter die Leitplanke. Rufen Sie die Polizei unter %(police)s,"
                " und wenn jemand verletzt ist, die %(number)s.",
                police=numbers.police,
                number=numbers.rescue,
            )
        case "brakes":
            return _(
                "Bitte fahren Sie keinen Meter weiter. Können Sie nicht anhalten oder ist jemand verletzt, wählen Sie die %(number)s.",
                number=numbers.rescue,
            )
        case "poison":
            return _say_poisoning(numbers)
        case "tooth_out":
            return _("Bitte fassen Sie den Zahn nicht an der Wurzel an und legen Sie ihn in kalte Milch.")
        case "pipe" | "flood":
            return _("Bitte drehen Sie den Haupthahn zu und halten Sie sich von nassen Steckdosen fern.")
        case "reported":
            return _("Wenn jemand in Gefahr ist, wählen Sie bitte sofort die %(number)s.", number=numbers.rescue)
    return None


def _say_counselling(numbers: EmergencyNumbers) -> str:
    if numbers.listener:
        return _(
            "Gut, dass Sie das sagen. Bitte wählen Sie sofort die %(number)s, oder rund um die Uhr die Telefonseelsorge unter %(listener)s."
            " Bleiben Sie nicht allein damit.",
            number=numbers.rescue, listener=numbers.listener,
        )  # fmt: skip
    return _("Gut, dass Sie das sagen. Bitte wählen Sie sofort die %(number)s und bleiben Sie nicht allein damit.", number=numbers.rescue)


def _say_poisoning(numbers: EmergencyNumbers) -> str:
    if numbers.poison:
        return _(
            "Bitte wählen Sie sofort die %(number)s, Rat gibt auch die Vergiftungszentrale unter %(poison)s.",
            number=numbers.rescue, poison=numbers.poison,
        )  # fmt: skip
    return _("Das klingt nach einer Vergiftung. Bitte wählen Sie sofort die %(number)s.", number=numbers.rescue)
