"""Labels, facts and repair instructions for the steps of a line check."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _, ngettext

from app.core import phone


@dataclass(frozen=True, slots=True)
class RepairInstruction:
    """`wrong` is the problem, `mend` the remedy, `place` the page for it; `ours`: only the platform's support can do it."""

    wrong: str
    mend: str
    place: str | None = None
    ours: bool = False


def get_label(name: str) -> str:
    return {
        "number": _("Rufnummer"),
        "branch": _("Filiale"),
        "agent": _("Assistentin"),
        "notice": _("Hinweis zu Beginn"),
        "signatures": _("Unterschriften der letzten 24 Stunden"),
        "ringing": _("Klingelndes Telefon"),
        "webhook": _("Webhook angenommen"),
        "stored": _("Ereignis gespeichert"),
        "drained": _("Ereignis verarbeitet"),
        "database": _("Anruf in der Datenbank"),
        "emergency": _("Notfallweg"),
        "dashboard": _("Live-Ansicht"),
        "clock": _("Uhr für Nachzügler"),
    }[name]


def describe_step(step: dict[str, Any]) -> str | None:
    """Describe the result of a passed step."""
    data = step.get("data") or {}
    if step["name"] == "branch":
        return data.get("branch")
    if step["name"] == "agent":
        return data.get("agent")
    if step["name"] == "emergency":
        return _describe_emergency(data)
    if step["name"] == "signatures" and data.get("rejected"):
        return _("%(n)s abgewiesen, danach wieder angenommen", n=data["rejected"])
    if data.get("instead_of") and data.get("certificate"):
        return _("über %(own)s; dem Zertifikat von %(public)s ist von hier aus nicht zu trauen", own=data["url"], public=data["instead_of"])
    if data.get("instead_of"):
        return _("über %(own)s; %(public)s ist von hier aus nicht zu erreichen", own=data["url"], public=data["instead_of"])
    facts = {
        "number": _("gehört zu dieser Filiale"),
        "notice": _("kein Gespräch der letzten 24 Stunden ohne ihn"),
        "signatures": _("keine abgewiesen"),
        "ringing": _("die Begrüßung kommt zurück"),
        "webhook": _("die Unterschrift stimmt"),
        "stored": _("genau einmal"),
        "drained": _("der Arbeiter ist wach"),
        "database": _("als Testanruf markiert, in keiner Zahl enthalten"),
        "dashboard": _("vom Webhook bis zum offenen Bildschirm"),
        "clock": _("holt nach, was liegen bleibt"),
    }
    return facts.get(step["name"])


def _describe_emergency(data: dict[str, Any]) -> str:
    numbers = ", ".join(data.get("numbers", ()))
    if reached := data.get("transfer_to"):
        return _("nennt %(numbers)s, stellt durch zu %(reached)s", numbers=numbers, reached=phone.display(reached))
    return _("nennt %(numbers)s; niemand zum Durchstellen eingetragen", numbers=numbers)


def get_repair(step: dict[str, Any], number: str) -> RepairInstruction:
    """Why the step is red and what to do about it."""
    data = step.get("data") or {}
    problem = step.get("problem") or ""
    if problem.startswith("rejected_"):
        return _repair_signature(problem.removeprefix("rejected_"), data)
    return _repair_number(problem, data, number) or _repair_endpoint(problem, data) or _repair_platform(problem, data)


def _repair_number(problem: str, data: dict[str, Any], number: str) -> RepairInstruction | None:
    shown = phone.display(number)
    match problem:
        case "company_off":
            return RepairInstruction(
                _("Der Betrieb ist abgeschaltet."), _("Schalten Sie den Betrieb wieder ein, dann nimmt die Nummer Anrufe an."), ours=True
            )
        case "number_off":
            owner = data.get("company")
            return RepairInstruction(
                _("%(number)s ist ausgeschaltet. Sie gehört zu %(owner)s; an eine andere Firma geht sie nicht.", number=shown, owner=owner)
                if owner
                else _("%(number)s ist ausgeschaltet.", number=shown),
                _("Schalten Sie die Nummer wieder ein. Was wartet, wird dann nachgetragen."),
                "number",
            )
        case "number_later":
            return RepairInstruction(
                _("%(number)s gilt erst ab einem späteren Zeitpunkt.", number=shown),
                _("Setzen Sie den Beginn auf heute oder warten Sie bis dahin."),
                "number",
            )
        case "number_unknown":
            return RepairInstruction(
                _("%(number)s ist keiner Filiale zugeordnet.", number=shown), _("Ordnen Sie die Nummer einer Filiale zu."), "unassigned"
            )
        case "number_cached":
            return RepairInstruction(
                _("%(number)s führt noch zu ihrem früheren Platz.", number=shown),
                _("Der Zwischenspeicher ist veraltet. Er läuft nach einer Minute ab; prüfen Sie dann noch einmal."),
            )
        case "branch_off":
            return RepairInstruction(
                _("Die Filiale ist abgeschaltet."), _("Schalten Sie die Filiale ein oder ordnen Sie die Nummer einer anderen zu."), "branch"
            )
        case "no_agent":
            return RepairInstruction(
                _("Zu dieser Nummer gehört keine Assistentin."),
                _("Wählen Sie, wer auf dieser Nummer antwortet, und veröffentlichen Sie."),
                "agents",
            )
        case "agent_off":
            return RepairInstruction(
                _("Die Assistentin dieser Nummer ist abgeschaltet."), _("Schalten Sie sie ein oder wählen Sie eine andere."), "agents"
            )
    return None


def _repair_signature(reason: str, data: dict[str, Any]) -> RepairInstruction:
    """A rejection is found beside the sender's key or address, an expired one at the operator's clock."""
    wrong = ngettext(
        "Ein Webhook zu dieser Nummer wurde in den letzten 24 Stunden abgewiesen:",
        "%(num)s Webhooks zu dieser Nummer wurden in den letzten 24 Stunden abgewiesen:",
        data.get("rejected", 1),
    )
    fault, remedy = {
        "unsigned": (
            _("Die Unterschrift fehlt."), _("Prüfen Sie, welche Adresse beim Anbieter eingetragen ist und ob er dorthin unterschreibt.")
        ),
        "unreadable": (_("Die Unterschrift ist keine."), _("Prüfen Sie, welcher Anbieter an diese Adresse schickt.")),
        "expired": (
            _("Die Unterschrift war älter als fünf Minuten."),
            _("Die Uhr dieses Servers geht falsch, oder ein Proxy hält die Anfragen auf."),
        ),
        "unknown_connection": (
            _("Die Verbindung in der Adresse gibt es hier nicht mehr."),
            _("Prüfen Sie die Verbindung noch einmal: Dabei wird beim Anbieter die richtige Adresse eingetragen."),
        ),
        "no_secret": (_("Der Schlüssel fehlt hier."), _("Tragen Sie den Schlüssel ein, mit dem der Anbieter unterschreibt.")),
    }.get(
        reason,
        (
            _("Die Unterschrift ist mit einem anderen Schlüssel gemacht."),
            _("Tragen Sie hier den Schlüssel ein, mit dem der Anbieter unterschreibt."),
        ),
    )  # fmt: skip
    return RepairInstruction(f"{wrong} {fault}", remedy, "rejections", ours=reason == "expired")


def _repair_endpoint(problem: str, data: dict[str, Any]) -> RepairInstruction | None:
    match problem:
        case "secret_missing" | "webhook_closed":
            return RepairInstruction(
                _("Der Schlüssel, mit dem Retell unterschreibt, fehlt. Alle Anrufe werden abgewiesen."),
                _("Tragen Sie den API-Schlüssel von Retell ein: RETELL_API_KEY, oder in der eigenen Verbindung des Betriebs."),
                "connections",
                ours=True,
            )
        case "signature_refused":
            return RepairInstruction(
                _("Unsere Tür hat die richtige Unterschrift abgewiesen."),
                _("Webserver und Arbeiter haben verschiedene Schlüssel, oder ihre Uhren gehen mehr als fünf Minuten auseinander."),
                "health",
                ours=True,
            )
        case "door_unreachable":
            return RepairInstruction(
                _("Unter %(url)s antwortet niemand.", url=data.get("url", "")),
                _("Starten Sie den Webserver und prüfen Sie PUBLIC_URL."),
                "health",
                ours=True,
            )
        case "door_refused":
            return RepairInstruction(
                _("Unsere Tür hat mit %(status)s geantwortet.", status=data.get("status")),
                _("Etwas zwischen Telefonanbieter und uns verändert die Anfrage. Prüfen Sie den Proxy und das Protokoll des Webservers."),
                "health",
                ours=True,
            )
        case "not_welcomed":
            return RepairInstruction(
                _("Das klingelnde Telefon bekommt keine Begrüßung."),
                _("Das Protokoll des Webservers nennt den Grund unter inbound.failed."),
                "health",
                ours=True,
            )
        case "notice_missing":
            return RepairInstruction(
                ngettext(
                    "In einem Gespräch der letzten 24 Stunden fehlt der Hinweis, dass kein Mensch spricht.",
                    "In %(num)s Gesprächen der letzten 24 Stunden fehlt der Hinweis, dass kein Mensch spricht.",
                    data.get("lacking", 1),
                ),
                _("Vergleichen Sie, was bei Retell als erster Satz eingetragen ist, und reparieren Sie es mit einem Klick."),
                "agents",
            )
        case "not_noticed":
            return RepairInstruction(
                _("Die Begrüßung kommt ohne den Hinweis zurück, dass kein Mensch spricht."),
                _("Auf dem Server läuft eine ältere Fassung. Starten Sie ihn neu."),
                "health",
                ours=True,
            )
        case "no_emergency_answer":
            return RepairInstruction(
                _("Ein Notruf bekommt keine richtige Antwort."),
                _("Das Protokoll des Webservers nennt den Grund unter function.failed."),
                "health",
                ours=True,
            )
        case "not_registered":
            return RepairInstruction(
                _("Bei Retell ist etwas anders eingetragen als hier."), _("Vergleichen und reparieren Sie es mit einem Klick."), "agents"
            )
    return None


def _repair_platform(problem: str, data: dict[str, Any]) -> RepairInstruction:
    match problem:
        case "worker_not_running":
            return RepairInstruction(
                _("Kein Arbeiter läuft: nichts wird verarbeitet."),
                _("Starten Sie ihn mit „flask worker“. Was wartet, geht nicht verloren."),
                "health",
                ours=True,
            )
        case "clock_not_running":
            return RepairInstruction(
                _("Die Uhr läuft nicht: was liegen bleibt, holt niemand nach."),
                _("Starten Sie sie mit „flask clock“."),
                "health",
                ours=True,
            )
        case "redis_away":
            return RepairInstruction(
                _("Redis ist nicht zu erreichen: Ereignisse sind gespeichert, aber niemand wird geweckt."),
                _("Starten Sie Redis und prüfen Sie REDIS_URL. Danach läuft alles von selbst weiter."),
                "health",
                ours=True,
            )
        case "certificate_refused":
            return RepairInstruction(
                _("Dem Zertifikat von %(url)s ist von hier aus nicht zu trauen.", url=data.get("url", "")),
                _("Prüfen Sie, ob es gilt und mit der ganzen Kette ausgeliefert wird; der Prozess „live“ antwortet hier auch nicht."),
                "health",
                ours=True,
            )
        case "sockets_unreachable":
            return RepairInstruction(
                _("Kein offener Bildschirm hätte diesen Anruf gesehen."),
                _("Prüfen Sie den Prozess „live“ und ob der Proxy /socket.io als WebSocket durchlässt."),
                "health",
                ours=True,
            )
        case "event_dead" | "event_unassigned" | "event_ignored":
            return RepairInstruction(
                _("Das Ereignis blieb liegen: %(reason)s", reason=data.get("reason") or problem),
                _("Öffnen Sie es und senden Sie es noch einmal durch."),
                "webhook",
                ours=True,
            )
        case "wrong_branch":
            return RepairInstruction(
                _("Der Anruf steht bei einer anderen Filiale als seine Nummer."),
                _("Die Nummer wurde eben umgezogen. Prüfen Sie noch einmal."),
            )
    return RepairInstruction(
        _("Dieser Schritt hat zu lange gedauert."),
        _("Prüfen Sie noch einmal; bleibt es dabei, zeigt der Zustand des Systems, was bremst."),
        "health",
        ours=True,
    )
