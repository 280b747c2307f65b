"""The database models, one file per noun."""

from app.models.account_mail import AccountMail
from app.models.account_token import AccountToken
from app.models.agent import Agent
from app.models.agent_deployment import AgentDeployment, AgentDeploymentStep
from app.models.agent_version import AgentVersion
from app.models.api_key import ApiKey
from app.models.audit_entry import AuditEntry
from app.models.blocked_caller import BlockedCaller
from app.models.booking import Booking, BookingChange, BookingLink
from app.models.booking_sync import BookingSync, ExternalBooking
from app.models.bounce_mailbox import BounceMailbox
from app.models.branch import Branch
from app.models.browser_report import BrowserReport
from app.models.calendar_feed import CalendarFeed
from app.models.calendar_mapping import CalendarMapping
from app.models.calendar_reconciliation import CalendarReconciliation
from app.models.call import Call, CallSearchText
from app.models.call_event import CallEvent
from app.models.call_reconciliation import CallReconciliation, HourlyCallReconciliation, ReconciledAccount
from app.models.call_stats import CallDay, CallHour
from app.models.closure import Closure
from app.models.company import Company
from app.models.company_logo import CompanyLogo
from app.models.connection import Connection
from app.models.consent import AiNoticeWording, CallAiNotice, CallConsent, ProviderDeletion
from app.models.customer import Customer, CustomerIdentifier, CustomerNote, CustomerTag
from app.models.customer_link import CustomerLink
from app.models.customer_merge import CustomerDistinction, CustomerMerge
from app.models.customer_proxy import CustomerProxy
from app.models.feature_flag import FeatureFlag
from app.models.group_session import GroupSession
from app.models.hold import Hold
from app.models.inbound_message import InboundMessage
from app.models.invitation import Invitation
from app.models.line_check import LineCheck
from app.models.live_event import LiveEvent, LiveEventSequence
from app.models.marketing_consent import ConsentRequest, MarketingConsent, WithdrawalLink
from app.models.marketing_rule import MarketingRule
from app.models.message_policy import MessagePolicy
from app.models.message_template_version import MessageTemplateVersion
from app.models.notification import Notification
from app.models.on_call_shift import OnCallShift
from app.models.one_time_code import OneTimeCode
from app.models.passkey import Passkey
from app.models.phone_number import PhoneNumber
from app.models.policy import Policy
from app.models.push_subscription import PushDelivery, PushSubscription, VapidKey
from app.models.recovery_code import RecoveryCode
from app.models.rejected_webhook import RejectedWebhook
from app.models.reply_dialogue import ReplyDialogue
from app.models.resource import Resource
from app.models.satisfaction_question import SatisfactionQuestion
from app.models.scheduled_task import ScheduledTask
from app.models.service import BranchService, Service, ServiceSynonym
from app.models.slot_lock import BusySpan, SlotLock
from app.models.staff_member import StaffBranch, StaffMember, StaffService
from app.models.staff_notice import NoticeSettings, StaffDigest, StaffNotice
from app.models.suppressed_address import SuppressedAddress
from app.models.task import StaffTask
from app.models.tool_call import ToolCall
from app.models.truth_check import TruthCheck
from app.models.turn import Turn
from app.models.unmet_demand import UnmetDemand
from app.models.user import User, UserBranch
from app.models.verification_attempt import VerificationAttempt
from app.models.waitlist import WaitlistEntry, WaitlistOffer
from app.models.web_session import WebSession
from app.models.webhook_event import WebhookEvent
from app.models.working_hours import WorkingHours

__all__ = [
    "AccountMail",
    "AccountToken",
    "Agent",
    "AgentDeployment",
    "AgentDeploymentStep",
    "AgentVersion",
    "AiNoticeWording",
    "ApiKey",
    "AuditEntry",
    "BlockedCaller",
    "Booking",
    "BookingChange",
    "BookingLink",
    "BookingSync",
    "BounceMailbox",
    "Branch",
    "BranchService",
    "BrowserReport",
    "BusySpan",
    "CalendarFeed",
    "CalendarMapping",
    "CalendarReconciliation",
    "Call",
    "CallAiNotice",
    "CallConsent",
    "CallDay",
    "CallEvent",
    "CallHour",
    "CallReconciliation",
    "CallSearchText",
    "Closure",
    "Company",
    "CompanyLogo",
    "Connection",
    "ConsentRequest",
    "Customer",
    "CustomerDistinction",
    "CustomerIdentifier",
    "CustomerLink",
    "CustomerMerge",
    "CustomerNote",
    "CustomerProxy",
    "CustomerTag",
    "ExternalBooking",
    "FeatureFlag",
    "GroupSession",
    "Hold",
    "HourlyCallReconciliation",
    "InboundMessage",
    "Invitation",
    "LineCheck",
    "LiveEvent",
    "LiveEventSequence",
    "MarketingConsent",
    "MarketingRule",
    "MessagePolicy",
    "MessageTemplateVersion",
    "NoticeSettings",
    "Notification",
    "OnCallShift",
    "OneTimeCode",
    "Passkey",
    "PhoneNumber",
    "Policy",
    "ProviderDeletion",
    "PushDelivery",
    "PushSubscription",
    "ReconciledAccount",
    "RecoveryCode",
    "RejectedWebhook",
    "ReplyDialogue",
    "Resource",
    "SatisfactionQuestion",
    "ScheduledTask",
    "Service",
    "ServiceSynonym",
    "SlotLock",
    "StaffBranch",
    "StaffDigest",
    "StaffMember",
    "StaffNotice",
    "StaffService",
    "StaffTask",
    "SuppressedAddress",
    "ToolCall",
    "TruthCheck",
    "Turn",
    "UnmetDemand",
    "User",
    "UserBranch",
    "VapidKey",
    "VerificationAttempt",
    "WaitlistEntry",
    "WaitlistOffer",
    "WebSession",
    "WebhookEvent",
    "WithdrawalLink",
    "WorkingHours",
]
