"""The calls that can be simulated, by name: what happens in each, and in which state it should end."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from app.demo.companies import BLOCKED_CALLER
from app.simulator.call_factory import Cast, Delivery, build_deliveries, find_cast_business, start_conversation
from app.simulator.callers import FIRST_BRANCH, PRACTICE, SECOND_BRANCH, UNKNOWN_NUMBER
from app.simulator.malformed_payloads import build_malformed_bodies

ExpectedPlace = Literal["call", "tray", "nowhere"]
ABOUT_NO_SERVICE = ("information", "hung_up", "missed", "voicemail", "withheld", "blocked", "forged", "replayed", "garbage")


@dataclass(frozen=True, slots=True)
class Scenario:
    name: str
    about: str
    play: Callable[[Cast], list[Delivery]]
    found: ExpectedPlace = "call"
    status: str = "ended"
    outcome: str | None = "information"
    aliases: tuple[str, ...] = ()
    # what the truth check should say of it; None: whatever it says
    truth: str | None = None
    # rings here where nobody chose a number
    number: str = FIRST_BRANCH

    @property
    def needs_service(self) -> bool:
        """Whether it asks for something that the business must offer."""
        return self.name not in ABOUT_NO_SERVICE


def booked(cast: Cast, *, language: str = "de") -> list[Delivery]:
    call, words = start_conversation(cast, language)
    call.begin()
    call.play(f"booked.{language}", words)
    call.end("user_hangup")
    summaries = {
        "de": f"{words['caller']} hat einen Termin gebucht: {words['service']} am {words['day_spoken']} um {words['time_spoken']}.",
        "en": f"{words['caller']} booked {words['wish']} for {words['day_spoken']} at {words['time_spoken']}.",
    }
    if not call.went_well:
        call.analyze(words["say"], sentiment="Neutral", successful=False, found={"anliegen": "termin_buchen", "termin_gebucht": False})
        return build_deliveries(call, cast)
    agreed = {"leistung": words["service"], "datum": words["date"], "uhrzeit": words["time"], "name": words["caller"]}
    found = {"anliegen": "termin_buchen", "mitarbeiter": words["staff"], "termin_gebucht": True, **agreed}
    call.analyze(summaries[language], sentiment="Positive", successful=True, found=found)
    return build_deliveries(call, cast)


def claimed(cast: Cast) -> list[Delivery]:
    """The agent says that it is booked and never asked for it: the calendar stays empty."""
    call, words = start_conversation(cast)
    call.begin()
    call.play("claimed.de", words)
    call.end("user_hangup")
    summary = f"{words['caller']} hat nach einem Termin gefragt: {words['service']}."
    call.analyze(summary, sentiment="Positive", successful=True, found={"anliegen": "termin_buchen", "termin_gebucht": False})
    return build_deliveries(call, cast)


def english(cast: Cast) -> list[Delivery]:
    return booked(cast, language="en")


def information(cast: Cast) -> list[Delivery]:
    call, words = start_conversation(cast)
    call.begin()
    call.play("information.de", words)
    call.end("user_hangup")
    call.analyze(f"Eine Frage wurde beantwortet: {words['question']}", sentiment="Neutral", successful=True, found={"anliegen": "auskunft"})
    return build_deliveries(call, cast)


def cancelled(cast: Cast) -> list[Delivery]:
    call, words = start_conversation(cast)
    call.begin()
    call.play("cancelled.de", words)
    call.end("user_hangup")
    done = "abgesagt" if call.went_well else "absagen wollen"
    summary = f"{words['caller']} hat den Termin am {words['day_spoken']} wegen Krankheit {done}."
    call.analyze(summary, sentiment="Neutral", successful=call.went_well, found={"anliegen": "termin_absagen", "termin_gebucht": False})
    return build_deliveries(call, cast)


def hung_up(cast: Cast) -> list[Delivery]:
    call, words = start_conversation(cast)
    call.begin()
    call.play("hung_up.de", words)
    call.end("user_hangup")
    call.analyze("Vor dem ersten Satz aufgelegt.", sentiment="Unknown", successful=False)
    return build_deliveries(call, cast)


def missed(cast: Cast) -> list[Delivery]:
    """A call that never connects has no call_started; its end and its analysis still come."""
    call, _ = start_conversation(cast)
    call.end("dial_no_answer", call_status="not_connected")
    call.analyze("", sentiment="Unknown", successful=False)
    return build_deliveries(call, cast)


def voicemail(cast: Cast) -> list[Delivery]:
    """The business calls back and reaches a machine."""
    call, words = start_conversation(cast, direction="outbound")
    call.begin()
    call.play("voicemail.de", words)
    call.end("voicemail_reached")
    call.analyze("Auf die Mailbox gesprochen.", sentiment="Unknown", successful=False, in_voicemail=True)
    return build_deliveries(call, cast)


def transferred(cast: Cast) -> list[Delivery]:
    call, words = start_conversation(cast)
    call.begin()
    call.play("transferred.de", words)
    wanted = f"{words['caller']} wollte {words['staff_spoken']} persönlich sprechen"
    if not call.went_well:
        call.end("user_hangup")
        call.analyze(f"{wanted}, niemand war zu erreichen.", sentiment="Negative", successful=False, found={"anliegen": "rueckruf"})
        return build_deliveries(call, cast)
    call.end("call_transfer", transfer_destination=words["desk"])
    call.analyze(f"{wanted} und wurde durchgestellt.", sentiment="Neutral", successful=True, found={"anliegen": "weiterleitung"})
    return build_deliveries(call, cast)


def emergency(cast: Cast) -> list[Delivery]:
    """Somebody's life is in danger: the emergency number is named at once, and the call goes through to whoever is on call."""
    call, words = start_conversation(cast)
    call.begin()
    call.play("emergency.de", words)
    call.end("call_transfer", transfer_destination=words["desk"])
    summary = "Möglicher Notfall (Druck auf der Brust). Hinweis auf die 112 und sofort durchgestellt."
    call.analyze(summary, sentiment="Negative", successful=True, found={"anliegen": "weiterleitung"})
    return build_deliveries(call, cast)


def withheld(cast: Cast) -> list[Delivery]:
    return information(replace(cast, withheld=True))


def blocked(cast: Cast) -> list[Delivery]:
    """Turned away while the phone rings; where the server lets them in all the same, they ask their question."""
    if cast.line is None:
        call, _ = start_conversation(replace(cast, theirs=BLOCKED_CALLER))
        return build_deliveries(call, cast)
    return information(replace(cast, theirs=BLOCKED_CALLER))


def long(cast: Cast) -> list[Delivery]:
    """Two hundred turns: every question about every service, again and again."""
    call, words = start_conversation(cast)
    services = find_cast_business(cast)[0].services
    call.begin()
    call.say("agent", words["greeting"])
    call.say("caller", f"{words['caller']} hier, ich habe ein paar Fragen.")
    for place in range(11):
        call.play("questions.de", {**words, "topic": services[place % len(services)].name})
    del call.items[200:]
    call.beats[:] = [beat for beat in call.beats if beat.items <= 200]
    call.at_s = call.items[-1]["words"][-1]["end"]
    call.end("user_hangup")
    call.analyze("Hundert Fragen, hundert Antworten, kein Termin.", sentiment="Neutral", successful=True, found={"anliegen": "auskunft"})
    return build_deliveries(call, cast)


def duplicates(cast: Cast) -> list[Delivery]:
    return [each for each in _write_transcript(cast) for _ in range(3)]


def reversed_order(cast: Cast) -> list[Delivery]:
    """The phone rings first all the same; then the events, last one first."""
    ringing, *events = _write_transcript(cast)
    return [ringing, *(replace(late, at_s=early.at_s) for late, early in zip(reversed(events), events, strict=True))]


def lost_end(cast: Cast) -> list[Delivery]:
    return [each for each in _write_transcript(cast) if each.event != "call_ended"]


def forged(cast: Cast) -> list[Delivery]:
    return [replace(each, signature="forged", expected=(401,)) for each in _write_transcript(cast)]


def replayed(cast: Cast) -> list[Delivery]:
    return [replace(each, signature="ten_minutes_old", expected=(401,)) for each in _write_transcript(cast)]


def _write_transcript(cast: Cast) -> list[Delivery]:
    """A call whose events are all known before the first one leaves, so that they can be sent in any way."""
    return booked(replace(cast, line=None))


def garbage(cast: Cast) -> list[Delivery]:
    call, _ = start_conversation(replace(cast, line=None))
    bodies = build_malformed_bodies(cast.call_id, call.to_number, call.from_number)
    return [Delivery(name, body, at_s=place * 0.1, expected=()) for place, (name, body) in enumerate(bodies)]


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
        Scenario("blocked", "the caller is turned away", blocked, found="nowhere", outcome=None, aliases=("blocked_caller", "rejected")),
        Scenario("unknown_number", "nobody owns the dialled number", booked, found="tray", number=UNKNOWN_NUMBER, aliases=("unknown",)),
        Scenario("second_branch", "the second branch is called", booked, outcome="booked", number=SECOND_BRANCH),
        Scenario("long", "two hundred turns", long, aliases=("200_turns",)),
        Scenario("english", "the call is in English", english, outcome="booked"),
        Scenario("duplicates", "every event comes three times", duplicates, outcome="booked", aliases=("duplicate_deliveries",)),
        Scenario("reversed", "the events come in reversed order", reversed_order, outcome="booked", aliases=("reversed_order", "reverse")),
        Scenario("lost_end", "call_ended never comes", lost_end, outcome="booked", aliases=("lost_call_ended",)),
        Scenario("forged", "signed with another key", forged, found="nowhere", outcome=None, aliases=("forged_signature",)),
        Scenario("replayed", "signed ten minutes ago", replayed, found="nowhere", outcome=None, aliases=("replayed_after_ten_minutes",)),
        Scenario("garbage", "rubbish, signed with the right key", garbage, found="nowhere", outcome=None, aliases=GARBAGE_ALIASES),
    )
}  # fmt: skip


def find_scenario(name: str) -> Scenario | None:
    """By name or another name; case, spaces, hyphens, underscores and what stands in brackets do not matter."""
    wanted = _normalise(re.sub(r"\(.*?\)", "", name))
    return next((each for each in SCENARIOS.values() if wanted in {_normalise(each.name), *map(_normalise, each.aliases)}), None)


def _normalise(name: str) -> str:
    return re.sub(r"[\s_`-]+", "", name).lower()
