"""What is said of simulated calls: the line of an event, the table at the end, and what was not as it should be."""

import statistics
from collections import Counter, defaultdict
from collections.abc import Sequence

from rich.table import Table

from app.simulator.load import CallResult
from app.simulator.result_check import ObservedCall
from app.simulator.scenarios import SCENARIOS
from app.simulator.webhook_sender import DeliveryResult


def format_line(answer: DeliveryResult) -> str:
    at = f"{int(answer.delivery.at_s) // 60}:{int(answer.delivery.at_s) % 60:02}"
    heard = "not offered here" if answer.skipped else answer.delivery.heard or ""
    return f"  {at:>5}  {answer.status or '---'} {answer.took_ms:6.0f} ms  {answer.delivery.event:<20} {heard}".rstrip()


def list_complaints(called: Sequence[CallResult], seen: dict[str, ObservedCall]) -> list[str]:
    found = []
    for each in called:
        plan = each.plan
        found += [
            f"{plan.scenario.name}: {answer.delivery.event} was answered {answer.status or 'not at all'} ({plan.call_id})"
            for answer in each.answers
            if not answer.as_expected
        ]
        if each.is_known_to_the_server and plan.scenario.found != "nowhere" and plan.call_id not in seen:
            found.append(f"{plan.scenario.name}: accepted, but not found again ({plan.call_id})")
        elif plan.scenario.truth is not None and each.is_known_to_the_server and seen[plan.call_id].truth != plan.scenario.truth:
            verdict = seen[plan.call_id].truth or "none"
            found.append(f"{plan.scenario.name}: the truth check's verdict is {verdict}, not {plan.scenario.truth} ({plan.call_id})")
    return found


def build_result_table(called: Sequence[CallResult], seen: dict[str, ObservedCall]) -> Table:
    table = Table("scenario", *("calls", "sent", "accepted", "refused", "found again", "p50 ms", "p95 ms", "p99 ms", "max ms"), "ended as")
    for column in table.columns[1:-1]:
        column.justify = "right"
    by_scenario: dict[str, list[CallResult]] = defaultdict(list)
    for each in called:
        by_scenario[each.plan.scenario.name].append(each)
    for name, group in by_scenario.items():
        table.add_row(name, *_build_row(group, seen))
    if len(by_scenario) > 1:
        table.add_section()
        table.add_row("all", *_build_row(called, seen))
    return table


def _build_row(called: Sequence[CallResult], seen: dict[str, ObservedCall]) -> list[str]:
    answers = [answer for each in called for answer in each.answers if not answer.skipped]
    known = [each for each in called if each.is_known_to_the_server and each.plan.scenario.found != "nowhere"]
    states = Counter(_describe_status(seen[each.plan.call_id]) for each in known if each.plan.call_id in seen)
    return [
        str(len(called)),
        str(len(answers)),
        str(sum(answer.accepted for answer in answers)),
        str(sum(not answer.accepted for answer in answers)),
        f"{sum(states.values())} of {len(known)}" if known else "-",
        *_format_percentiles([answer.took_ms for answer in answers]),
        ", ".join(f"{count} {state}" if len(called) > 1 else state for state, count in states.most_common()),
    ]


def _describe_status(seen: ObservedCall) -> str:
    return ", ".join(word for word in (seen.status, seen.outcome, "untrue" if seen.truth == "mismatch" else None) if word)


def _format_percentiles(times_ms: list[float]) -> list[str]:
    if not times_ms:
        return ["-"] * 4
    cuts = statistics.quantiles(times_ms, n=100, method="inclusive") if len(times_ms) > 1 else times_ms * 99
    return [f"{value:.0f}" for value in (cuts[49], cuts[94], cuts[98], max(times_ms))]


def build_scenario_table() -> Table:
    table = Table("scenario", "what happens", "ends as", "also called")
    for each in SCENARIOS.values():
        untrue = ", untrue" if each.truth == "mismatch" else ""
        end = {"call": f"{each.status}, {each.outcome}{untrue}", "tray": "unassigned", "nowhere": "-"}[each.found]
        table.add_row(each.name, each.about, end, ", ".join(each.aliases).replace("_", " "))
    return table
