"""Runs the simulated calls of `flask simulate call`, prints their progress and checks that the server stored them."""

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app.core import settings
from app.core.phone import normalise
from app.demo.companies import COMPANIES
from app.simulator.business_lookup import DialledBusiness, find_business, list_numbers
from app.simulator.callers import FIRST_BRANCH, find_business_at
from app.simulator.load import CallPlan, SimulatedCallResult, plan_calls, run
from app.simulator.observed_calls import FetchCalls, ObservedCall, fetch_from_api, fetch_from_database, wait_for
from app.simulator.report import build_result_table, build_scenario_table, format_line, list_failures
from app.simulator.scenarios import SCENARIOS, Scenario, find_scenario
from app.simulator.webhook_sender import SimulatedRetell

WATCHABLE_PACE_S = 10.0
NON_TERMINAL_WIDTH = 140
# how to complete a missing setup step
NEEDS = {
    "service": "it needs a service and somebody in the team who does it, under Services and team.",
    "staff": "it needs somebody in the team who works at this branch, under Services and team.",
    "assignment": "nobody in the team at this branch does a service; tick one at a person, under Services and team.",
    "hours": "nobody who does a service works while the branch is open, under Opening hours.",
    "single_service": "the callers here ask for what one person does for one customer, and there are only visits and groups.",
}


@dataclass(frozen=True, slots=True)
class RunOptions:
    """The command line options; None where not given."""

    names: tuple[str, ...] = ()
    count: int | None = None
    rate: float | None = None
    number: str | None = None
    url: str | None = None
    pace_s: float | None = None
    api_key: str | None = None
    within_s: float = 60.0


def print_scenarios() -> None:
    _create_console().print(build_scenario_table())


def make_calls(options: RunOptions, missing_booking_steps: Callable[[str, str], Sequence[str]]) -> int:
    """Run the calls and return the exit code: 1 if an accepted call was not stored or a response was unexpected.

    The callable takes company id and branch id and names the setup steps still missing for bookings.
    """
    console = _create_console()
    scenarios = _select_scenarios(options.names)
    addresses = (options.url,) if options.url else _find_servers()
    url, retell = _connect(console, addresses, connections=min(options.count or 1, 48))
    number = _parse_number(options.number)
    business = _find_business(number, scenarios, missing_booking_steps, is_ours=options.url is None)
    plans = plan_calls(scenarios, options.count or len(scenarios), number=number, business=business)
    pace_s = options.pace_s if options.pace_s is not None else 0.0 if options.count else WATCHABLE_PACE_S
    results = _run_plans(console, plans, retell, pace_s=pace_s, rate=options.rate)
    try:
        observed = _check_results(console, results, url=url, api_key=options.api_key, within_s=options.within_s)
    except LookupError as error:
        raise click.ClickException(f"The calls cannot be looked up: {error}") from None
    console.print(build_result_table(results, observed))
    failures = list_failures(results, observed)
    for failure in failures[:20]:
        console.print(failure, style="red", markup=False)
    if business and any(each.is_accepted for each in results):
        console.print(f"In lists and figures these count as real; flask simulate hide --company {business.company.slug} takes them out.")
    return 1 if failures else 0


def _create_console() -> Console:
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=NON_TERMINAL_WIDTH)


def _select_scenarios(names: tuple[str, ...]) -> list[Scenario]:
    if any(name.strip().lower() == "all" for name in names):
        return list(SCENARIOS.values())
    chosen = []
    for name in names or ("booked",):
        scenario = find_scenario(name)
        if scenario is None:
            raise click.BadParameter(f"{name!r} is not one of: {', '.join(SCENARIOS)}, all.", param_hint="--scenario")
        chosen.append(scenario)
    return chosen


def _parse_number(typed: str | None) -> str | None:
    """Return E.164, or the text as typed if it is no number."""
    return normalise(typed, source="human").e164 or typed if typed else None


def _find_business(
    number: str | None, scenarios: Sequence[Scenario], missing_booking_steps: Callable[[str, str], Sequence[str]], *, is_ours: bool
) -> DialledBusiness | None:
    """Find the owner of the number, None for a demo company. Fails if a scenario needs a service that cannot be booked."""
    business = find_business(number or FIRST_BRANCH, missing_booking_steps)
    is_demo = business is not None and business.company.slug in {company.slug for company in COMPANIES}
    if number is None and is_ours and not is_demo:
        numbers = ", ".join(list_numbers()) or "none yet, `flask numbers add` makes one"
        raise click.ClickException(f"There is no demo town here. Say whom to call with --to NUMBER: {numbers}.")
    if number is None or is_demo:
        return None
    unable = [each.name for each in scenarios if each.needs_service] if business and not business.can_book else []
    if business and unable:
        others = ", ".join(each.name for each in SCENARIOS.values() if not each.needs_service)
        raise click.ClickException(
            f"{business.company.name} has nothing that could be booked: {NEEDS[business.missing[0]]} Until then there are:"
            f" --scenario {others}."
        )
    return business


def _find_servers() -> tuple[str, ...]:
    """Return the address in the instance folder's server.json, else the public one and the local port."""
    note = settings().instance_path / "server.json"
    if note.exists():
        return (json.loads(note.read_text())["url"],)
    own = settings().own_base
    return (settings().public_base, own) if settings().public_url else (own,)


def _connect(console: Console, addresses: Sequence[str], *, connections: int) -> tuple[str, SimulatedRetell]:
    """Connect to the first address that answers."""
    key = settings().retell_api_key
    if not key:
        raise click.ClickException("RETELL_API_KEY is not set: without it no webhook can be signed.")
    failures = []
    for url in addresses:
        retell = SimulatedRetell(url, key, connections=connections)
        if retell.is_answered():
            for failure in failures:
                console.print(f"{failure}, so {url} is called.", markup=False)
            return url, retell
        failures.append(f"{url}: {retell.failure}")
    start = "start `web` of the Procfile" if settings().is_production else "`scripts/server` starts one"
    tried = f" ({'; '.join(failures)})" if len(addresses) > 1 or "certificate" in failures[0] else ""
    raise click.ClickException(f"No server answers at {' or '.join(addresses)}{tried}: {start}, or say where it is with --url.")


def _run_plans(
    console: Console, plans: Sequence[CallPlan], retell: SimulatedRetell, *, pace_s: float, rate: float | None
) -> list[SimulatedCallResult]:
    if len(plans) == 1:
        plan = plans[0]
        console.print(f"[bold]{plan.scenario.name}[/bold]: {plan.scenario.about}. {plan.number}, {plan.call_id}")
        return run(
            plans, retell, pace_s=pace_s, on_answer=lambda _, answer: console.print(format_line(answer), markup=False, soft_wrap=True)
        )
    with _create_progress(console) as progress:
        calls = progress.add_task("calling", total=len(plans))
        return run(plans, retell, pace_s=pace_s, rate=rate, on_called=lambda _: progress.advance(calls))


def _create_progress(console: Console) -> Progress:
    return Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console)


def _check_results(
    console: Console, results: Sequence[SimulatedCallResult], *, url: str, api_key: str | None, within_s: float
) -> dict[str, ObservedCall]:
    ids_by_key: dict[str | None, list[str]] = defaultdict(list)
    for result in results:
        if result.is_accepted and result.plan.scenario.expected != "nothing":
            ids_by_key[_get_api_key(result.plan, api_key)].append(result.plan.call_id)
    with_truth = {result.plan.call_id for result in results if result.plan.scenario.truth is not None}
    total = sum(map(len, ids_by_key.values()))
    observed: dict[str, ObservedCall] = {}
    with _create_progress(console) if total > 1 else nullcontext() as progress:
        task = progress.add_task("finding", total=total) if progress else None
        for key, ids in ids_by_key.items():
            fetch: FetchCalls = fetch_from_api(url, key) if key else fetch_from_database
            before = len(observed)

            def show(count: int, before: int = before) -> None:
                if progress and task is not None:
                    progress.update(task, completed=before + count)

            observed |= wait_for(ids, fetch, within_s=within_s, on_seen=show, truths=with_truth)
    return observed


def _get_api_key(plan: CallPlan, api_key: str | None) -> str | None:
    """Return the API key of the dialled business; None for unassigned numbers and for a business without a key."""
    if plan.scenario.expected == "unassigned" or (plan.business and not api_key):
        return None
    keys = (settings().demo_api_key, settings().demo_api_key_2, settings().demo_api_key_3)
    return api_key or keys[COMPANIES.index(find_business_at(plan.number)[0])]
