"""Factories of what belongs to agents: their versions, and how they stand at their provider."""

import factory

from app.models import AgentDeployment, AgentDeploymentStep, AgentVersion
from tests.factories.base import NamedFactory, OwnedFactory, ref


class AgentVersionFactory(NamedFactory):
    class Meta:
        model = AgentVersion

    agent_id = ref("companies.AgentFactory")
    number = factory.Sequence(lambda n: n + 1)
    content = factory.LazyFunction(lambda: {"schema": 1, "name": "Lena"})


class RegistrationFactory(NamedFactory):
    class Meta:
        model = AgentDeployment

    agent_id = ref("companies.AgentFactory")


class RegistrationStepFactory(OwnedFactory):
    class Meta:
        model = AgentDeploymentStep

    registration_id = ref("agents.RegistrationFactory")
    name = "brain"
    position = 1
