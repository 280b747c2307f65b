"""Factories of what belongs to agents: their versions, and how they stand at their provider."""

import factory

from app.models import AgentDeployment, AgentDeploymentStep, AgentVersion
from tests.factories.base import CompanyOwnedFactory, UlidFactory, ref


class AgentVersionFactory(UlidFactory):
    class Meta:
        model = AgentVersion

    agent_id = ref("companies.AgentFactory")
    number = factory.Sequence(lambda n: n + 1)
    content = factory.LazyFunction(lambda: {"schema": 1, "name": "Lena"})


class AgentDeploymentFactory(UlidFactory):
    class Meta:
        model = AgentDeployment

    agent_id = ref("companies.AgentFactory")


class AgentDeploymentStepFactory(CompanyOwnedFactory):
    class Meta:
        model = AgentDeploymentStep

    deployment_id = ref("agents.AgentDeploymentFactory")
    name = "brain"
    position = 1
