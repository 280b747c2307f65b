"""The nouns of the house, one a file."""

from app.models.agent import Agent
from app.models.api_key import ApiKey
from app.models.audit_entry import AuditEntry
from app.models.branch import Branch
from app.models.call import Call, CallText
from app.models.call_event import CallEvent
from app.models.call_hour import CallHour
from app.models.company import Company
from app.models.connection import Connection
from app.models.customer import Customer, CustomerIdentity
from app.models.feature_flag import FeatureFlag
from app.models.live_event import LiveCursor, LiveEvent
from app.models.phone_number import PhoneNumber
from app.models.schedule_run import ScheduleRun
from app.models.task import Task
from app.models.tool_call import ToolCall
from app.models.turn import Turn
from app.models.user import User, UserBranch
from app.models.web_session import WebSession
from app.models.webhook_event import WebhookEvent

__all__ = [
    "Agent", "ApiKey", "AuditEntry", "Branch", "Call", "CallEvent", "CallHour", "CallText", "Company", "Connection", "Customer",
    "CustomerIdentity", "FeatureFlag", "LiveCursor", "LiveEvent", "PhoneNumber", "ScheduleRun", "Task", "ToolCall", "Turn",
    "User", "UserBranch", "WebSession", "WebhookEvent",
]  # fmt: skip
