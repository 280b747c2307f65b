"""Factories of notices to people of a company, and of what each person chose."""

import factory

from app.models import NoticeSettings, StaffNotice
from tests.factories.base import CompanyOwnedFactory, UlidFactory, ref


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
