"""The kinds of messages: whom each is for, what law it falls under, over which channels it goes, and how long it is worth sending."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from app.providers.messaging.base import Channel

# § 7 UWG, BGH VI ZR 225/17: what is not about a booking or an enquiry of the recipient is advertising, and needs consent
MessageClass = Literal["service", "marketing"]
Recipient = Literal["customer", "staff"]
CallReason = Literal["confirmed", "moved", "cancelled", "reminder"]


@dataclass(frozen=True, slots=True)
class MessageKind:
    """`channels` in order of preference. `lifetime` None: as long as what it is about is ahead, which its draft says."""

    name: str
    message_class: MessageClass
    recipient: Recipient
    channels: tuple[Channel, ...] = ("sms", "email")
    heeds_quiet_hours: bool = True
    lifetime: timedelta | None = None
    # written when it leaves, long after its cause
    is_planned: bool = False
    # needed during a call: waits for no other message
    is_urgent: bool = False
    # counted by the limit per recipient and day, and ended by the monthly cap
    is_limited: bool = True
    # tied to the address that it was written for: never sent to another one
    is_personal: bool = False
    # worded for its channel: written anew where it goes over the other one
    is_channel_specific: bool = False
    # its text stays, as one side of a conversation: it holds neither link nor code
    keeps_body: bool = False
    # to people of the company about their own work: no part of the log of messages to customers
    is_internal: bool = False
    # one without which the recipient misses nothing ends first, where the monthly cap ends reminders only
    is_essential: bool = True
    # planned with an appointment and sent ahead of it: none of the messages that a call promises
    precedes_appointment: bool = False
    # about an appointment that is cancelled; every other one about a booking says that it stands
    announces_cancellation: bool = False
    # its mail shows service, time and place of the appointment, and carries the entry for the recipient's calendar
    shows_facts: bool = False
    has_calendar_file: bool = False
    # why the team calls where it reaches nobody; None: it is let go
    call_reason: CallReason | None = None
    # it asks something about its appointment, until it is answered
    expects_answer: bool = False
    # an answer to it is for people of the company
    answered_by_people: bool = False
    # its subject is the call that it answers, which the log of messages links
    answers_call: bool = False

    @property
    def keeps_sent_text(self) -> bool:
        """Whether what was sent can be read later: all that customers get but codes, and what stays anyhow."""
        return self.recipient == "customer" and self.name != "code" and not self.keeps_body

    @property
    def is_marketing(self) -> bool:
        return self.message_class == "marketing"


def _list_kinds() -> tuple[MessageKind, ...]:
    return (
        MessageKind("booking_link", "service", "customer", shows_facts=True, has_calendar_file=True),
        MessageKind("booking_confirmed", "service", "customer", shows_facts=True, has_calendar_file=True, call_reason="confirmed"),
        MessageKind("booking_moved", "service", "customer", shows_facts=True, has_calendar_file=True, call_reason="moved"),
        # whoever is not told comes for nothing
        MessageKind(
            "booking_cancelled", "service", "customer", is_limited=False, announces_cancellation=True, has_calendar_file=True,
            call_reason="cancelled",
        ),
        MessageKind(
            "booking_reminder", "service", "customer", is_planned=True, is_essential=False, precedes_appointment=True, shows_facts=True,
            has_calendar_file=True, call_reason="reminder", expects_answer=True,
        ),
        # asked for, and worth nothing once somebody else has the time
        MessageKind("waitlist_offer", "service", "customer", heeds_quiet_hours=False, is_channel_specific=True),
        MessageKind("customer_link", "service", "customer", heeds_quiet_hours=False, is_personal=True),
        # asked for by a tick on a page; the consent counts once its link was followed, at this very address
        MessageKind("consent_confirmation", "service", "customer", is_personal=True),
        # the desk has noted that somebody shall act for the recipient; it holds once its link was followed, at this very address
        MessageKind("proxy_confirmation", "service", "customer", is_personal=True),
        # each goes to the address for which there is consent, and is planned by the rules of domain/marketing
        *(
            MessageKind(name, "marketing", "customer", is_planned=True, is_personal=True, is_essential=False)
            for name in ("review_request", "satisfaction", "birthday", "win_back", "recall")
        ),
        # each answers a call, and goes to the number that called
        MessageKind(
            "missed_call", "service", "customer", ("sms",), is_planned=True, is_personal=True, answered_by_people=True, answers_call=True,
        ),
        MessageKind("callback_promise", "service", "customer", ("sms",), is_planned=True, is_personal=True, answered_by_people=True),
        # and is worth nothing in ten minutes
        MessageKind(
            "hold_link", "service", "customer", ("sms",), heeds_quiet_hours=False, is_planned=True, is_personal=True,
            answered_by_people=True,
        ),
        # both answer the recipient, and to the number that wrote
        MessageKind("reply", "service", "customer", ("sms",), heeds_quiet_hours=False, is_limited=False, is_personal=True, keeps_body=True),
        MessageKind(
            "staff_message", "service", "customer", ("sms",), is_limited=False, is_personal=True, keeps_body=True, answered_by_people=True,
        ),
        MessageKind(
            "code", "service", "customer", ("sms",), heeds_quiet_hours=False, is_urgent=True, is_limited=False, is_personal=True,
        ),
        MessageKind(
            "emergency", "service", "staff", ("sms",), heeds_quiet_hours=False, lifetime=timedelta(hours=2), is_urgent=True,
            is_limited=False, is_personal=True,
        ),
        *(
            MessageKind(
                name, "service", "staff", ("email",), heeds_quiet_hours=False, lifetime=timedelta(hours=12), is_limited=False,
                is_personal=True, is_internal=True,
            )
            for name in ("staff_notice", "staff_digest")
        ),
        MessageKind(
            "invitation", "service", "staff", ("email",), heeds_quiet_hours=False, is_limited=False, is_personal=True, is_internal=True,
        ),
    )  # fmt: skip


KINDS = {kind.name: kind for kind in _list_kinds()}
MARKETING_KINDS = tuple(kind.name for kind in KINDS.values() if kind.is_marketing)
PLANNED_KINDS = tuple(kind.name for kind in KINDS.values() if kind.is_planned)


def get_kind(name: str) -> MessageKind:
    """Get a kind by its name; raises KeyError, since a message without a class may not be sent."""
    return KINDS[name]
