"""Looks at companies' connections: when somebody asks, and by itself a few times a day."""

from datetime import timedelta

from app.core.queues import job
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import run_in_transaction
from app.domain.companies import connections
from app.domain.operations import connection_test

EVERY = timedelta(hours=6)
AT_ONCE = 100


@job("default", retry=(), timeout_s=60)
def look_at_connection(connection_id: str) -> None:
    """Asks the provider, and writes down what it said."""
    errand = run_in_transaction(lambda: connection_test.begin(connection_id))
    if errand is None:
        return
    found = connection_test.carry_out(errand)
    run_in_transaction(lambda: connections.finish_look(connection_id, errand.asked_at, found))


@job("maintenance", retry=())
def look_at_connections() -> int:
    """Sends the look at every connection that nobody has looked at for a while."""
    with unscoped():
        waiting = connections.to_look_at(AT_ONCE, every=EVERY)
    for company_id, connection_id in waiting:
        with company_scope(company_id):
            look_at_connection.enqueue(connection_id)
    return len(waiting)
