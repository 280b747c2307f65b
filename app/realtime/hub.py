"""The sockets of one process together: they are greeted, told when Redis goes and comes, and shown out when they must go."""

import threading
import time
from collections.abc import Sequence
from typing import Any

import structlog
from flask import Flask, current_app
from socketio import Server

from app.core.database import read_only
from app.core.extensions import db
from app.core.request_coalescing import CoalescedQuery
from app.realtime import event_log
from app.realtime.authentication import still_welcome
from app.realtime.connections import Seat, Seats, Visitor
from app.realtime.redis_manager import LiveManager
from config import Settings

log = structlog.get_logger()
NAMESPACE = "/"
ROUND_S = 2.0
LOOK_AGAIN_S = 30.0
# a connection that takes no seat in this time is closed
STANDS_AT_MOST_S = 4.0


class Hall:
    """One per application that serves sockets; `server` is set when Socket.IO is bound."""

    server: Server

    def __init__(self, app: Flask, settings: Settings) -> None:
        self.seats = Seats(settings.live_sockets)
        self.manager = LiveManager(settings.redis_url or "", self)
        self._app = app
        self._is_open = threading.Lock()
        self._standing: dict[str, float] = {}
        # the highest number of each company that was told here, and what the database said a round ago
        self._told: dict[str, int] = {}
        self._were_at: dict[str, int] = {}
        # hundreds come in one instant after a restart: they are looked up together
        self._checks = CoalescedQuery(_are_welcome)
        self._numbers = CoalescedQuery(_numbers_of)

    @property
    def connections(self) -> int:
        """All that is connected, seated or not."""
        return len(self.server.eio.sockets)

    def open(self) -> None:
        """Called with every newcomer: the first one, after the fork, brings the caretaker."""
        if self._is_open.acquire(blocking=False):
            self.server.start_background_task(self._look_after)

    def is_welcome(self, visitor: Visitor) -> bool:
        """Whether the visitor may still take a seat; asked together with all who come now."""
        return self._checks.ask(visitor)

    def welcome(self, seat: Seat, *, redis: bool) -> None:
        """Tells a newcomer where the sequence of the company stands, and whether Redis is there."""
        self._greet(seat, self._numbers.ask(seat.visitor.company_id), redis=redis)

    def _greet(self, seat: Seat, number: int, *, redis: bool) -> None:
        self._told.setdefault(seat.visitor.company_id, number)
        told = {"seq": number, "gapless": not seat.visitor.branch_ids, "redis": redis}
        self.server.emit("welcome", told, to=seat.sid, namespace=NAMESPACE, ignore_queue=True)

    def heard(self, company_id: str, seq: int) -> None:
        self._told[company_id] = max(seq, self._told.get(company_id, 0))

    def redis_changed(self, is_there: bool) -> None:
        """After a silence everybody learns the newest number, and catches up."""
        self.server.start_background_task(self._tell, self.seats.all(), is_there)

    def missed(self, company_ids: list[str]) -> None:
        concerned = [seat for seat in self.seats.all() if seat.visitor.company_id in company_ids]
        self.server.start_background_task(self._tell, concerned, True)

    def end(self, user_id: str, session: str | None = None) -> None:
        """Shows the user out, or one of the user's sessions."""
        for seat in self.seats.of_user(user_id, session):
            self._show_out(seat)

    def look_again(self) -> None:
        """Shows out whose session or rights have ended without us having been told."""
        seats = self.seats.all()
        welcome = still_welcome(seat.visitor for seat in seats)
        for seat in seats:
            if seat.visitor not in welcome:
                self._show_out(seat)

    def _show_out(self, seat: Seat) -> None:
        connection = self.manager.eio_sid_from_sid(seat.sid, NAMESPACE)
        self.server.disconnect(seat.sid, namespace=NAMESPACE, ignore_queue=True)
        self.seats.leave(seat.sid)
        if connection:
            self._close(connection)

    def _close(self, connection: str) -> None:
        """Beside the others: a browser that reads nothing makes only its own end wait."""
        self.server.start_background_task(self.server.eio.disconnect, connection)

    def _close_standing(self, late_s: float) -> None:
        """Those who say nothing; while the process is late itself, it may be that they said it and were not heard."""
        moment = time.monotonic()
        standing = [sid for sid in list(self.server.eio.sockets) if self.manager.sid_from_eio_sid(sid, NAMESPACE) is None]
        self._standing = {sid: self._standing.get(sid, moment) + late_s for sid in standing}
        for sid, since in self._standing.items():
            if moment - since >= STANDS_AT_MOST_S:
                self._close(sid)

    def _tell(self, seats: list[Seat], is_there: bool) -> None:
        try:
            with self._app.app_context():
                companies = sorted({seat.visitor.company_id for seat in seats})
                numbers = dict(zip(companies, _numbers_of(companies), strict=True))
            for seat in seats:
                self._greet(seat, numbers[seat.visitor.company_id], redis=is_there)
            for company_id, seq in numbers.items():
                self.heard(company_id, seq)
        except Exception as error:
            log.warning("live.not_told", error=type(error).__name__)

    def _look_for_lost(self) -> None:
        """An event that was there a round ago and has not come by here was not pushed: its company is told where it stands."""
        companies = {seat.visitor.company_id for seat in self.seats.all()}
        if not companies:
            return
        with self._app.app_context(), read_only():
            are_at = event_log.last_numbers(companies)
        lost = [company for company in companies if self._were_at.get(company, 0) > self._told.get(company, 0)]
        self._were_at = are_at
        if lost and self.manager.is_listening:
            self.missed(lost)

    def _look_after(self) -> None:
        looked_at = time.monotonic()
        while True:
            began = time.monotonic()
            self.server.sleep(ROUND_S)
            try:
                self._close_standing(time.monotonic() - began - ROUND_S)
                self._look_for_lost()
                if time.monotonic() - looked_at >= LOOK_AGAIN_S:
                    looked_at = time.monotonic()
                    with self._app.app_context():
                        self.look_again()
            except Exception as error:
                log.warning("live.round_failed", error=type(error).__name__)


def _are_welcome(visitors: Sequence[Visitor]) -> list[bool]:
    welcome = still_welcome(visitors)
    return [visitor in welcome for visitor in visitors]


def _numbers_of(company_ids: Sequence[str]) -> list[int]:
    with read_only():
        numbers = event_log.last_numbers(set(company_ids))
        db.session.rollback()
    return [numbers[company_id] for company_id in company_ids]


def hall() -> Hall:
    """The hall of the running application."""
    found: Any = current_app.extensions["askproai_live"]
    return found
