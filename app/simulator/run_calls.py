"""Makes simulated calls as the command line asks for them, watches them happen and finds them again."""

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
from app.simulator.business_lookup import Business, find_business, list_numbers
from app.simulator.callers import FIRST_BRANCH, find_business_at
from app.simulator.load import CallPlan, CallResult, plan_calls, run
from app.simulator.report import build_result_table, build_scenario_table, format_line, list_complaints
from app.simulator.result_check import FetchCalls, ObservedCall, fetch_from_api, fetch_from_database, wait_for
from app.simulator.scenarios import SCENARIOS, Scenario, find_scenario
from app.simulator.webhook_sender import RetellStandIn

WATCHABLE_PACE_S = 10.0
NON_TERMINAL_WIDTH = 140
# what is done about a step of readiness that is missing
NEEDS = {
    "service": "it needs a service and somebody in the team who does it, under Services and team.",
    "staff": "it needs somebody in the team who works at this branch, under Services and team.",
    "assignment": "nobody in the team at this branch does a service; tick one at a person, under Services and team.",
    "hours": "nobody who does a service works while the branch is open, under Opening hours.",
    "single_service": "the callers here ask for what one person does for one customer, and there are only visits and groups.",
}


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What the command line said; None where it said nothing."""

    names: tuple[str, ...] = ()
    count: int | None = None
    rate: float | None = None
    number: str | None = None
    url: str | None = None
    pace_s: float | None = None
    api_key: str | None = None
    within_s: float = 60.0


def name_scenarios() -> None:
    _create_console().print(build_scenario_table())


def make_calls(wishes: RunOptions, missing_booking_steps: Callable[[str, str], Sequence[str]]) -> int:
    """The exit code: 1 when an accepted call is not found again, or an answer was not the right one.

    The callable names what a company still lacks before a branch of it (both by id) can be booked.
    """
    console = _create_console()
    scenarios = _select_scenarios(wishes.names)
    addresses = (wishes.url,) if wishes.url else _find_servers()
    url, stand_in = _create_stand_in(console, addresses, connections=min(wishes.count or 1, 48))
    number = _parse_number(wishes.number)
    business = _find_business(number, scenarios, missing_booking_steps, is_ours=wishes.url is None)
    plans = plan_calls(scenarios, wishes.count or len(scenarios), number=number, business=business)
    pace_s = wishes.pace_s if wishes.pace_s is not None else 0.0 if wishes.count else WATCHABLE_PACE_S
    called = _run_plans(console, plans, stand_in, pace_s=pace_s, rate=wishes.rate)
    try:
        seen = _check_results(console, called, url=url, api_key=wishes.api_key, within_s=wishes.within_s)
    except LookupError as error:
        raise click.ClickException(f"The calls cannot be looked up: {error}") from None
    console.print(build_result_table(called, seen))
    complaints = list_complaints(called, seen)
    for complaint in complaints[:20]:
        console.print(complaint, style="red", markup=False)
    if business and any(each.is_known_to_the_server for each in called):
        console.print(f"In lists and figures these count as real; flask simulate hide --company {business.company.slug} takes them out.")
    return 1 if complaints else 0


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
    """E.164, or as typed where it is no number: that too may be tried."""
    return normalise(typed, source="human").e164 or typed if typed else None


def _find_business(
    number: str | None, scenarios: Sequence[Scenario], missing_booking_steps: Callable[[str, str], Sequence[str]], *, is_ours: bool
) -> Business | None:
    """Who answers, where it is nobody of the demo town; what cannot be asked of them is said before anybody calls."""
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
    """The address that the server noted in the instance folder; else the public one, and this machine's own port."""
    note = settings().instance_path / "server.json"
    if note.exists():
        return (json.loads(note.read_text())["url"],)
    own = settings().own_base
    return (settings().public_base, own) if settings().public_url else (own,)


def _create_stand_in(console: Console, addresses: Sequence[str], *, connections: int) -> tuple[str, RetellStandIn]:
    """Calls at the first address where a server answers."""
    key = settings().retell_api_key
    if not key:
        raise click.ClickException("RETELL_API_KEY is not set: without it no webhook can be signed.")
    failures = []
    for url in addresses:
        stand_in = RetellStandIn(url, key, connections=connections)
        if stand_in.is_answered():
            for failure in failures:
                console.print(f"{failure}, so {url} is called.", markup=False)
            return url, stand_in
        failures.append(f"{url}: {stand_in.failure}")
    start = "start `web` of the Procfile" if settings().is_production else "`scripts/server` starts one"
    tried = f" ({'; '.join(failures)})" if len(addresses) > 1 or "certificate" in failures[0] else ""
    raise click.ClickException(f"No server answers at {' or '.join(addresses)}{tried}: {start}, or say where it is with --url.")


def _run_plans(
    console: Console, plans: Sequence[CallPlan], stand_in: RetellStandIn, *, pace_s: float, rate: float | None
) -> list[CallResult]:
    if len(plans) == 1:
        plan = plans[0]
        console.print(f"[bold]{plan.scenario.name}[/bold]: {plan.scenario.about}. {plan.number}, {plan.call_id}")
        return run(
            plans, stand_in, pace_s=pace_s, on_answer=lambda _, answer: console.print(format_line(answer), markup=False, soft_wrap=True)
        )
    with _create_progress(console) as progress:
        calls = progress.add_task("calling", total=len(plans))
        return run(plans, stand_in, pace_s=pace_s, rate=rate, on_called=lambda _: progress.advance(calls))


def _create_progress(console: Console) -> Progress:
    return Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console)


def _check_results(
    console: Console, called: Sequence[CallResult], *, url: str, api_key: str | None, within_s: float
) -> dict[str, ObservedCall]:
    wanted: dict[str | None, list[str]] = defaultdict(list)
    for each in called:
        if each.is_known_to_the_server and each.plan.scenario.found != "nowhere":
            wanted[_get_api_key(each.plan, api_key)].append(each.plan.call_id)
    judged = {each.plan.call_id for each in called if each.plan.scenario.truth is not None}
    total = sum(map(len, wanted.values()))
    seen: dict[str, ObservedCall] = {}
    with _create_progress(console) if total > 1 else nullcontext() as progress:
        task = progress.add_task("finding", total=total) if progress else None
        for key, ids in wanted.items():
            look: FetchCalls = fetch_from_api(url, key) if key else fetch_from_database
            before = len(seen)

            def show(count: int, before: int = before) -> None:
                if progress and task is not None:
                    progress.update(task, completed=before + count)

            seen |= wait_for(ids, look, within_s=within_s, on_seen=show, truths=judged)
    return seen


def _get_api_key(plan: CallPlan, api_key: str | None) -> str | None:
    """The key of the business that was called; the tray of those that nobody owns, and a business without a key, in the database only."""
    if plan.scenario.found == "tray" or (plan.business and not api_key):
        return None
    keys = (settings().demo_api_key, settings().demo_api_key_2, settings().demo_api_key_3)
    return api_key or keys[COMPANIES.index(find_business_at(plan.number)[0])]
