"""Factories of notices to people of a company, and of what each person chose."""

from datetime import date

import factory

from app.models import NoticeSettings, PushDelivery, PushSubscription, StaffDigest, StaffNotice, VapidKey
from app.providers.push.web_push import generate_private_key
from tests.factories.base import CompanyOwnedFactory, RowFactory, UlidFactory, ref


class StaffNoticeFactory(UlidFactory):
    class Meta:
        model = StaffNotice

    user_id = ref("companies.UserFactory")
    branch_id = ref("companies.BranchFactory")
    kind = "task"
    subject = factory.Sequence(lambda n: f"task:{n}")
    cause = factory.Sequence(lambda n: f"task:{n}")


class NoticeSettingsFactory(CompanyOwnedFactory):
    class Meta:
        model = NoticeSettings

    user_id = ref("companies.UserFactory")
    channels = factory.LazyFunction(dict)


class StaffDigestFactory(CompanyOwnedFactory):
    class Meta:
        model = StaffDigest

    user_id = ref("companies.UserFactory")
    timezone = "Europe/Berlin"
    day = date(2026, 5, 12)


class PushSubscriptionFactory(UlidFactory):
    class Meta:
        model = PushSubscription

    user_id = ref("companies.UserFactory")
    endpoint = factory.Sequence(lambda n: f"https://push.example/{n}")
    endpoint_hash = factory.Sequence(lambda n: f"{n:064}")
    p256dh = "p"
    auth = "a"
    device = "Firefox, Windows"


class PushDeliveryFactory(UlidFactory):
    class Meta:
        model = PushDelivery

    notice_id = ref("staff_notices.StaffNoticeFactory")
    subscription_id = ref("staff_notices.PushSubscriptionFactory")


class VapidKeyFactory(RowFactory):
    class Meta:
        model = VapidKey

    id = factory.Sequence(lambda n: n + 1)
    private_key = factory.LazyFunction(generate_private_key)
