"""Tests companies' connections: on request, and periodically."""

from datetime import timedelta

from app.core.queues import job
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import run_in_transaction
from app.domain.companies import connections
from app.domain.operations import connection_test

CHECK_INTERVAL = timedelta(hours=6)
BATCH_SIZE = 100


@job("default", retry=(), timeout_s=60)
def check_connection(connection_id: str) -> None:
    """Test one connection at its provider and store the result."""
    test = run_in_transaction(lambda: connection_test.prepare_test(connection_id))
    if test is None:
        return
    result = connection_test.run_test(test)
    run_in_transaction(lambda: connections.complete_test(connection_id, test.asked_at, result))


@job("maintenance", retry=())
def check_connections() -> int:
    """Enqueue a test of every connection that is due."""
    with unscoped():
        due_connections = connections.list_due_tests(BATCH_SIZE, every=CHECK_INTERVAL)
    for company_id, connection_id in due_connections:
        with company_scope(company_id):
            check_connection.enqueue(connection_id)
    return len(due_connections)
