"""The scenarios of simulated calls, by name: the dialogue of each and its expected result."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from app.demo.companies import BLOCKED_CALLER
from app.simulator.call_factory import CallSetup, SimulatedWebhook, build_deliveries, get_setup_business, start_conversation
from app.simulator.callers import FIRST_BRANCH, PRACTICE, SECOND_BRANCH, UNKNOWN_NUMBER
from app.simulator.malformed_payloads import build_malformed_bodies

ExpectedResult = Literal["call", "unassigned", "nothing"]
ABOUT_NO_SERVICE = ("information", "hung_up", "missed", "voicemail", "withheld", "blocked", "forged", "replayed", "garbage")


@dataclass(frozen=True, slots=True)
class Scenario:
    name: str
    about: str
    play: Callable[[CallSetup], list[SimulatedWebhook]]
    expected: ExpectedResult = "call"
    status: str = "ended"
    outcome: str | None = "information"
    aliases: tuple[str, ...] = ()
    # expected verdict of the truth check; None: any
    truth: str | None = None
    # dialled unless a number is given
    number: str = FIRST_BRANCH

    @property
    def needs_service(self) -> bool:
        """Tell whether the business must offer a bookable service."""
        return self.name not in ABOUT_NO_SERVICE


def booked(setup: CallSetup, *, language: str = "de") -> list[SimulatedWebhook]:
    call, values = start_conversation(setup, language)
    call.begin()
    call.play(f"booked.{language}", values)
    call.end("user_hangup")
    summaries = {
        "de": f"{values['caller']} hat einen Termin gebucht: {values['service']} am {values['day_spoken']} um {values['time_spoken']}.",
        "en": f"{values['caller']} booked {values['wish']} for {values['day_spoken']} at {values['time_spoken']}.",
    }
    if not call.succeeded:
        call.analyze(values["say"], sentiment="Neutral", successful=False, found={"anliegen": "termin_buchen", "termin_gebucht": False})
        return build_deliveries(call, setup)
    agreed = {"leistung": values["service"], "datum": values["date"], "uhrzeit": values["time"], "name": values["caller"]}
    found = {"anliegen": "termin_buchen", "mitarbeiter": values["staff"], "termin_gebucht": True, **agreed}
    call.analyze(summaries[language], sentiment="Positive", successful=True, found=found)
    return build_deliveries(call, setup)


def claimed(setup: CallSetup) -> list[SimulatedWebhook]:
    """The agent claims a booking without calling the tool; no booking exists."""
    call, values = start_conversation(setup)
    call.begin()
    call.play("claimed.de", values)
    call.end("user_hangup")
    summary = f"{values['caller']} hat nach einem Termin gefragt: {values['service']}."
    call.analyze(summary, sentiment="Positive", successful=True, found={"anliegen": "termin_buchen", "termin_gebucht": False})
    return build_deliveries(call, setup)


def english(setup: CallSetup) -> list[SimulatedWebhook]:
    return booked(setup, language="en")


def information(setup: CallSetup) -> list[SimulatedWebhook]:
    call, values = start_conversation(setup)
    call.begin()
    call.play("information.de", values)
    call.end("user_hangup")
    summary = f"Eine Frage wurde beantwortet: {values['question']}"
    call.analyze(summary, sentiment="Neutral", successful=True, found={"anliegen": "auskunft"})
    return build_deliveries(call, setup)


def cancelled(setup: CallSetup) -> list[SimulatedWebhook]:
    call, values = start_conversation(setup)
    call.begin()
    call.play("cancelled.de", values)
    call.end("user_hangup")
    done = "abgesagt" if call.succeeded else "absagen wollen"
    summary = f"{values['caller']} hat den Termin am {values['day_spoken']} wegen Krankheit {done}."
    call.analyze(summary, sentiment="Neutral", successful=call.succeeded, found={"anliegen": "termin_absagen", "termin_gebucht": False})
    return build_deliveries(call, setup)


def hung_up(setup: CallSetup) -> list[SimulatedWebhook]:
    call, values = start_conversation(setup)
    call.begin()
    call.play("hung_up.de", values)
    call.end("user_hangup")
    call.analyze("Vor dem ersten Satz aufgelegt.", sentiment="Unknown", successful=False)
    return build_deliveries(call, setup)


def missed(setup: CallSetup) -> list[SimulatedWebhook]:
    """A call that never connects has no call_started; its end and its analysis still come."""
    call, _ = start_conversation(setup)
    call.end("dial_no_answer", call_status="not_connected")
    call.analyze("", sentiment="Unknown", successful=False)
    return build_deliveries(call, setup)


def voicemail(setup: CallSetup) -> list[SimulatedWebhook]:
    """The business calls back and reaches a machine."""
    call, values = start_conversation(setup, direction="outbound")
    call.begin()
    call.play("voicemail.de", values)
    call.end("voicemail_reached")
    call.analyze("Auf die Mailbox gesprochen.", sentiment="Unknown", successful=False, in_voicemail=True)
    return build_deliveries(call, setup)


def transferred(setup: CallSetup) -> list[SimulatedWebhook]:
    call, values = start_conversation(setup)
    call.begin()
    call.play("transferred.de", values)
    request = f"{values['caller']} wollte {values['staff_spoken']} persönlich sprechen"
    if not call.succeeded:
        call.end("user_hangup")
        call.analyze(f"{request}, niemand war zu erreichen.", sentiment="Negative", successful=False, found={"anliegen": "rueckruf"})
        return build_deliveries(call, setup)
    call.end("call_transfer", transfer_destination=values["desk"])
    call.analyze(f"{request} und wurde durchgestellt.", sentiment="Neutral", successful=True, found={"anliegen": "weiterleitung"})
    return build_deliveries(call, setup)


def emergency(setup: CallSetup) -> list[SimulatedWebhook]:
    """A life-threatening emergency: the agent names the emergency number and transfers to the on-call number."""
    call, values = start_conversation(setup)
    call.begin()
    call.play("emergency.de", values)
    call.end("call_transfer", transfer_destination=values["desk"])
    summary = "Möglicher Notfall (Druck auf der Brust). Hinweis auf die 112 und sofort durchgestellt."
    call.analyze(summary, sentiment="Negative", successful=True, found={"anliegen": "weiterleitung"})
    return build_deliveries(call, setup)


def withheld(setup: CallSetup) -> list[SimulatedWebhook]:
    return information(replace(setup, withheld=True))


def blocked(setup: CallSetup) -> list[SimulatedWebhook]:
    """A blocked caller, rejected while ringing; asks a question if the server accepts the call."""
    if setup.transport is None:
        call, _ = start_conversation(replace(setup, caller_number=BLOCKED_CALLER))
        return build_deliveries(call, setup)
    return information(replace(setup, caller_number=BLOCKED_CALLER))


def long(setup: CallSetup) -> list[SimulatedWebhook]:
    """Two hundred turns: every question about every service, again and again."""
    call, values = start_conversation(setup)
    services = get_setup_business(setup)[0].services
    call.begin()
    call.say("agent", values["greeting"])
    call.say("caller", f"{values['caller']} hier, ich habe ein paar Fragen.")
    for place in range(11):
        call.play("questions.de", {**values, "topic": services[place % len(services)].name})
    del call.items[200:]
    call.call_events[:] = [call_event for call_event in call.call_events if call_event.items <= 200]
    call.at_s = call.items[-1]["words"][-1]["end"]
    call.end("user_hangup")
    call.analyze("Hundert Fragen, hundert Antworten, kein Termin.", sentiment="Neutral", successful=True, found={"anliegen": "auskunft"})
    return build_deliveries(call, setup)


def duplicates(setup: CallSetup) -> list[SimulatedWebhook]:
    return [each for each in _write_transcript(setup) for _ in range(3)]


def reversed_order(setup: CallSetup) -> list[SimulatedWebhook]:
    """The inbound request first, then the events in reversed order."""
    ringing, *events = _write_transcript(setup)
    return [ringing, *(replace(late, at_s=early.at_s) for late, early in zip(reversed(events), events, strict=True))]


def lost_end(setup: CallSetup) -> list[SimulatedWebhook]:
    return [each for each in _write_transcript(setup) if each.event != "call_ended"]


def forged(setup: CallSetup) -> list[SimulatedWebhook]:
    return [replace(each, signature="forged", expected=(401,)) for each in _write_transcript(setup)]


def replayed(setup: CallSetup) -> list[SimulatedWebhook]:
    return [replace(each, signature="ten_minutes_old", expected=(401,)) for each in _write_transcript(setup)]


def _write_transcript(setup: CallSetup) -> list[SimulatedWebhook]:
    """Build all webhooks of a booked call before the first is sent, so that they can be changed or reordered."""
    return booked(replace(setup, transport=None))


def garbage(setup: CallSetup) -> list[SimulatedWebhook]:
    call, _ = start_conversation(replace(setup, transport=None))
    bodies = build_malformed_bodies(setup.call_id, call.to_number, call.from_number)
    return [SimulatedWebhook(name, body, at_s=place * 0.1, expected=()) for place, (name, body) in enumerate(bodies)]


GARBAGE_ALIASES = ("garbage_signed_with_the_right_key",)
SCENARIOS: dict[str, Scenario] = {
    scenario.name: scenario
    for scenario in (
        Scenario("booked", "an appointment is booked", booked, outcome="booked"),
        Scenario("claimed", "the agent says that it is booked, but it is not", claimed, truth="mismatch", aliases=("claimed_booking",)),
        Scenario("information", "a question is answered", information, aliases=("information_only",)),
        Scenario("cancelled", "the caller cancels an appointment", cancelled, outcome="cancelled", aliases=("cancelled_by_caller",)),
        Scenario("hung_up", "the caller hangs up after the greeting", hung_up, outcome="hung_up"),
        Scenario("missed", "the call never connects", missed, status="not_connected", outcome="missed", aliases=("never_connected",)),
        Scenario("voicemail", "the business calls back and reaches a machine", voicemail, outcome="voicemail"),
        Scenario("transferred", "the caller is put through to a person", transferred, outcome="transferred", aliases=("transfer",)),
        Scenario("emergency", "somebody's life is in danger", emergency, outcome="emergency", number=PRACTICE),
        Scenario("withheld", "the caller hides the number", withheld, aliases=("withheld_number",)),
        Scenario("blocked", "the caller is turned away", blocked, expected="nothing", outcome=None, aliases=("blocked_caller", "rejected")),
        Scenario(
            "unknown_number", "nobody owns the dialled number", booked, expected="unassigned", number=UNKNOWN_NUMBER, aliases=("unknown",),
        ),
        Scenario("second_branch", "the second branch is called", booked, outcome="booked", number=SECOND_BRANCH),
        Scenario("long", "two hundred turns", long, aliases=("200_turns",)),
        Scenario("english", "the call is in English", english, outcome="booked"),
        Scenario("duplicates", "every event comes three times", duplicates, outcome="booked", aliases=("duplicate_deliveries",)),
        Scenario("reversed", "the events come in reversed order", reversed_order, outcome="booked", aliases=("reversed_order", "reverse")),
        Scenario("lost_end", "call_ended never comes", lost_end, outcome="booked", aliases=("lost_call_ended",)),
        Scenario("forged", "signed with another key", forged, expected="nothing", outcome=None, aliases=("forged_signature",)),
        Scenario("replayed", "signed ten minutes ago", replayed, expected="nothing", outcome=None, aliases=("replayed_after_ten_minutes",)),
        Scenario("garbage", "rubbish, signed with the right key", garbage, expected="nothing", outcome=None, aliases=GARBAGE_ALIASES),
    )
}  # fmt: skip


def find_scenario(name: str) -> Scenario | None:
    """Find by name or alias, ignoring case, spaces, hyphens, underscores and text in brackets."""
    normalised = _normalise(re.sub(r"\(.*?\)", "", name))
    return next((each for each in SCENARIOS.values() if normalised in {_normalise(each.name), *map(_normalise, each.aliases)}), None)


def _normalise(name: str) -> str:
    return re.sub(r"[\s_`-]+", "", name).lower()
