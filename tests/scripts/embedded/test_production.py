"""Production: an environment from requirements.txt alone starts every line of the Procfile, and a call reaches a dashboard."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from app.core.extensions import db
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.models import PhoneNumber
from tests.support.applications import new_app, settings_for
from tests.support.production import Production, procfile
from tests.support.running_server import ROOT
from tests.support.simulated_calls import RetellCall
from tests.support.sockets import Dashboard
from tests.support.users import PASSWORD, branch_ids, make_company, make_user
from tests.support.waiting import HANGS_AFTER_S, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.mariadb]
SERVICES = ("web", "live", "worker", "clock")
NUMBER = "+493023125100"
SHIPPED = ("app", "migrations", "scripts/embedded", "scripts/web_server")


def test_all_that_is_imported_comes_with_the_requirements_of_production(programs: Path) -> None:
    """Imports inside functions count as well; packages that only the tests bring are not there."""
    files = [ROOT / "config.py", ROOT / "wsgi.py", ROOT / "gunicorn.conf.py"]
    files += [file for folder in SHIPPED for file in (ROOT / folder).rglob("*.py")]
    wanted = sorted(set().union(*map(imported, files)) - set(sys.stdlib_module_names) - {"app", "config", "scripts", "wsgi"})
    look = "import sys, importlib.util as u; print(*(n for n in sys.argv[1:] if u.find_spec(n) is None))"
    found = subprocess.run([programs / "python", "-c", look, *wanted], check=True, capture_output=True, text=True, timeout=HANGS_AFTER_S)
    assert "flask" in wanted
    assert found.stdout.split() == []
    assert not (programs / "pytest").exists()


def test_every_line_of_the_procfile_becomes_ready(production: Production) -> None:
    assert set(procfile()) == {"release", *SERVICES}, "a new line says here when it is ready"
    production.serve(*SERVICES)


def test_a_call_that_web_takes_appears_on_a_dashboard_of_live(production: Production, scratch: Path) -> None:
    production.serve(*SERVICES)
    given = production.environment
    app = new_app(settings_for(given["DATABASE_URL"], given["REDIS_URL"], scratch / "instance"))
    with app.app_context():
        company = make_company()
        email = make_user(company).email
        with company_scope(company.id):
            branch_id = branch_ids(company)[0]
            with transaction():
                db.session.add(PhoneNumber(e164=NUMBER, branch_id=branch_id))
        db.engine.dispose()
    live = production.processes["live"]
    dashboard = Dashboard(live, None, Cookie=sign_in(production.url, email))  # type: ignore[arg-type]
    try:
        retell_call = RetellCall(production, NUMBER)  # type: ignore[arg-type]
        retell_call.start()
        said = retell_call.say("agent", "Guten Tag.")
        dashboard.wait_for("call.started")
        wait_until(lambda: said in str(dashboard.all("message.sent")), what="the agent's turn")
    finally:
        dashboard.close()


def test_every_process_ends_well_when_it_is_asked_to(production: Production) -> None:
    production.serve(*SERVICES)
    codes = {name: production.processes[name].terminate() for name in SERVICES}
    assert codes == dict.fromkeys(SERVICES, 0), {name: production.processes[name].said[-2000:] for name, code in codes.items() if code}
    assert [name for name in SERVICES if "Traceback" in production.processes[name].said] == []


def imported(file: Path) -> set[str]:
    """The packages that a file names in its imports."""
    nodes = list(ast.walk(ast.parse(file.read_text())))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level}
    return {name.partition(".")[0] for name in names}


def sign_in(url: str, email: str) -> str:
    """The cookie of a browser that went through the form; said by hand, for it is one for https, which a proxy would speak."""
    form = requests.get(f"{url}/login", timeout=HANGS_AFTER_S)
    token = form.text.partition('name="csrf_token" value="')[2].partition('"')[0]
    filled = {"email": email, "password": PASSWORD, "csrf_token": token}
    answer = requests.post(f"{url}/login", data=filled, headers={"Cookie": cookie_of(form)}, timeout=HANGS_AFTER_S, allow_redirects=False)
    assert answer.status_code == 302, answer.text
    return cookie_of(answer)


def cookie_of(answer: requests.Response) -> str:
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in answer.cookies)
