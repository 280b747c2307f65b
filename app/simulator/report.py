"""Terminal report of simulated calls: one line for each event, the result table, and the failures."""

import statistics
from collections import Counter, defaultdict
from collections.abc import Sequence

from rich.table import Table

from app.simulator.load import SimulatedCallResult
from app.simulator.observed_calls import ObservedCall
from app.simulator.scenarios import SCENARIOS
from app.simulator.webhook_sender import SimulatedWebhookResult


def format_line(answer: SimulatedWebhookResult) -> str:
    at = f"{int(answer.delivery.at_s) // 60}:{int(answer.delivery.at_s) % 60:02}"
    line = "not offered here" if answer.skipped else answer.delivery.transcript_line or ""
    return f"  {at:>5}  {answer.status or '---'} {answer.took_ms:6.0f} ms  {answer.delivery.event:<20} {line}".rstrip()


def list_failures(results: Sequence[SimulatedCallResult], observed: dict[str, ObservedCall]) -> list[str]:
    failures = []
    for result in results:
        plan = result.plan
        failures += [
            f"{plan.scenario.name}: {answer.delivery.event} was answered {answer.status or 'not at all'} ({plan.call_id})"
            for answer in result.answers
            if not answer.as_expected
        ]
        if result.is_accepted and plan.scenario.expected != "nothing" and plan.call_id not in observed:
            failures.append(f"{plan.scenario.name}: accepted, but not found again ({plan.call_id})")
        elif plan.scenario.truth is not None and result.is_accepted and observed[plan.call_id].truth != plan.scenario.truth:
            verdict = observed[plan.call_id].truth or "none"
            failures.append(f"{plan.scenario.name}: the truth check's verdict is {verdict}, not {plan.scenario.truth} ({plan.call_id})")
    return failures


def build_result_table(results: Sequence[SimulatedCallResult], observed: dict[str, ObservedCall]) -> Table:
    table = Table("scenario", *("calls", "sent", "accepted", "refused", "found again", "p50 ms", "p95 ms", "p99 ms", "max ms"), "ended as")
    for column in table.columns[1:-1]:
        column.justify = "right"
    by_scenario: dict[str, list[SimulatedCallResult]] = defaultdict(list)
    for result in results:
        by_scenario[result.plan.scenario.name].append(result)
    for name, group in by_scenario.items():
        table.add_row(name, *_build_row(group, observed))
    if len(by_scenario) > 1:
        table.add_section()
        table.add_row("all", *_build_row(results, observed))
    return table


def _build_row(results: Sequence[SimulatedCallResult], observed: dict[str, ObservedCall]) -> list[str]:
    answers = [answer for result in results for answer in result.answers if not answer.skipped]
    accepted = [result for result in results if result.is_accepted and result.plan.scenario.expected != "nothing"]
    states = Counter(_describe_status(observed[result.plan.call_id]) for result in accepted if result.plan.call_id in observed)
    return [
        str(len(results)),
        str(len(answers)),
        str(sum(answer.accepted for answer in answers)),
        str(sum(not answer.accepted for answer in answers)),
        f"{sum(states.values())} of {len(accepted)}" if accepted else "-",
        *_format_percentiles([answer.took_ms for answer in answers]),
        ", ".join(f"{count} {state}" if len(results) > 1 else state for state, count in states.most_common()),
    ]


def _describe_status(observed: ObservedCall) -> str:
    return ", ".join(word for word in (observed.status, observed.outcome, "untrue" if observed.truth == "mismatch" else None) if word)


def _format_percentiles(times_ms: list[float]) -> list[str]:
    if not times_ms:
        return ["-"] * 4
    cuts = statistics.quantiles(times_ms, n=100, method="inclusive") if len(times_ms) > 1 else times_ms * 99
    return [f"{value:.0f}" for value in (cuts[49], cuts[94], cuts[98], max(times_ms))]


def build_scenario_table() -> Table:
    table = Table("scenario", "what happens", "ends as", "also called")
    for scenario in SCENARIOS.values():
        untrue = ", untrue" if scenario.truth == "mismatch" else ""
        end = {"call": f"{scenario.status}, {scenario.outcome}{untrue}", "unassigned": "unassigned", "nothing": "-"}[scenario.expected]
        table.add_row(scenario.name, scenario.about, end, ", ".join(scenario.aliases).replace("_", " "))
    return table
