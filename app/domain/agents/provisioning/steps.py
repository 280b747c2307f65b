"""The steps that write an agent at its voice provider. Each reads before it creates, so that it may be repeated; no database here."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from app.core.errors import ProviderError
from app.domain.agents.provisioning.desired_state import DesiredState
from app.domain.agents.provisioning.diff import ActualState, FieldDiff, compare_agent, compare_states
from app.providers import open_voice_account
from app.providers.credentials import Credentials
from app.providers.voice.management import NumberBinding, RemoteAgent, RemoteLlm, VoiceAccount, VoiceRejected

WRITE_STEPS = ("draft", "brain", "agent", "publish")


@dataclass(frozen=True, slots=True)
class RemoteRefs:
    """The ids of an agent and its language model at the provider, as far as they are known."""

    agent_ref: str | None = None
    agent_version: int | None = None
    llm_ref: str | None = None
    llm_version: int | None = None


@dataclass(frozen=True, slots=True)
class ProvisioningStep:
    """A claimed step with all that it needs."""

    deployment_id: str
    token: str
    name: str
    provider: str
    access: Credentials
    desired: DesiredState
    refs: RemoteRefs


@dataclass(slots=True)
class StepResult:
    refs: RemoteRefs
    error: ProviderError | None = None
    # further steps that are not needed
    skipped: tuple[str, ...] = ()
    diffs: list[FieldDiff] = field(default_factory=list)


def send(step: ProvisioningStep) -> StepResult:
    """Carry out one step at the provider; an error is part of the result."""
    remote, result = open_voice_account(step.provider, step.access), StepResult(step.refs)
    name, _colon, e164 = step.name.partition(":")
    try:
        if name == "number":
            _bind_number(remote, step, e164)
        elif name == "release":
            _release_number(remote, step, e164)
        else:
            STEPS[name](remote, step, result)
    except ProviderError as error:
        result.error = error
    return result


def fetch_actual_state(remote: VoiceAccount, refs: RemoteRefs, desired: DesiredState) -> ActualState:
    """Fetch the agent, its language model, and those numbers of the account that are to be bound or released."""
    agent = remote.get_agent(refs.agent_ref, version=refs.agent_version) if refs.agent_ref else None
    llm = _find_llm(remote, agent) if agent else None
    numbers = {*desired.numbers, *desired.released}
    return ActualState(agent, llm, {number.e164: number for number in remote.list_numbers() if number.e164 in numbers})


def _find_existing(remote: VoiceAccount, step: ProvisioningStep, result: StepResult) -> None:
    """Find what exists; a version that is as desired is not written again, since only numbers may have changed."""
    newest = _find_newest(remote, step)
    if newest is None:
        result.refs = RemoteRefs()
        return
    is_known = newest.ref == step.refs.agent_ref and step.refs.agent_version is not None
    current = remote.get_agent(newest.ref, version=step.refs.agent_version) if is_known else newest
    if current and all(diff.fits for diff in compare_agent(step.desired, ActualState(current, _find_llm(remote, current), {}))):
        result.refs, result.skipped = _to_refs(current), WRITE_STEPS
    else:
        result.refs = _to_refs(newest)


def _create_draft(remote: VoiceAccount, step: ProvisioningStep, result: StepResult) -> None:
    """A published version cannot be changed; a draft that an unanswered request has created is used."""
    if step.refs.agent_ref is None:
        return
    newest = _get_agent(remote, step.refs.agent_ref)
    if newest.is_published:
        newest = remote.draft_agent(newest.ref, base_version=newest.version)
    result.refs = _to_refs(newest)


def _write_llm(remote: VoiceAccount, step: ProvisioningStep, result: StepResult) -> None:
    refs, setup = step.refs, step.desired.llm
    llm = remote.get_llm(refs.llm_ref, version=refs.llm_version) if refs.llm_ref else None
    if llm is None or llm.is_published:
        existing = (remote.get_llm(ref) for ref in remote.find_llms(setup.mark))
        llm = next((llm for llm in existing if llm and not llm.is_published), None)
    saved = remote.update_llm(llm.ref, setup, version=llm.version) if llm else remote.create_llm(setup)
    result.refs = replace(refs, llm_ref=saved.ref, llm_version=saved.version)


def _write_agent(remote: VoiceAccount, step: ProvisioningStep, result: StepResult) -> None:
    refs, setup = step.refs, step.desired.agent
    llm = RemoteLlm(refs.llm_ref or "", refs.llm_version, is_published=False, setup=step.desired.llm)
    existing = _find_newest(remote, step) if refs.agent_ref is None else None
    ref, version = (existing.ref, existing.version) if existing else (refs.agent_ref, refs.agent_version)
    saved = remote.update_agent(ref, setup, llm, version=version) if ref else remote.create_agent(setup, llm)
    result.refs = replace(refs, agent_ref=saved.ref, agent_version=saved.version)


def _publish(remote: VoiceAccount, step: ProvisioningStep, _result: StepResult) -> None:
    ref, version = step.refs.agent_ref or "", step.refs.agent_version or 0
    if not _get_agent(remote, ref, version).is_published:
        remote.publish_agent(ref, version, title=step.desired.title)


def _bind_number(remote: VoiceAccount, step: ProvisioningStep, e164: str) -> None:
    """Bind to this version: a version published by hand at the provider does not answer callers."""
    number = remote.get_number(e164)
    if number is None:
        raise VoiceRejected("This account has no such number.", reason="not_found")
    binding = NumberBinding(step.refs.agent_ref or "", step.refs.agent_version)
    if number.bindings != (binding,) or number.inbound_webhook_url != step.desired.inbound_webhook_url:
        remote.bind_number(e164, binding, inbound_webhook_url=step.desired.inbound_webhook_url)


def _release_number(remote: VoiceAccount, step: ProvisioningStep, e164: str) -> None:
    """Release the number where it is still bound to this agent; other bindings stay."""
    number = remote.get_number(e164)
    if number is not None and any(binding.agent_ref == step.refs.agent_ref for binding in number.bindings):
        remote.release_number(e164)


def _check(remote: VoiceAccount, step: ProvisioningStep, result: StepResult) -> None:
    result.diffs = compare_states(step.desired, fetch_actual_state(remote, step.refs, step.desired))


STEPS: dict[str, Callable[[VoiceAccount, ProvisioningStep, StepResult], None]] = {
    "inspect": _find_existing, "draft": _create_draft, "brain": _write_llm, "agent": _write_agent, "publish": _publish, "check": _check,
}  # fmt: skip


def _find_newest(remote: VoiceAccount, step: ProvisioningStep) -> RemoteAgent | None:
    """The newest version of the known agent, or of the one that bears our mark."""
    if step.refs.agent_ref and (agent := remote.get_agent(step.refs.agent_ref)):
        return agent
    agent_ids = sorted(remote.find_agents(step.desired.llm.mark))
    return remote.get_agent(agent_ids[0]) if agent_ids else None


def _get_agent(remote: VoiceAccount, ref: str, version: int | None = None) -> RemoteAgent:
    agent = remote.get_agent(ref, version=version)
    if agent is None:
        raise VoiceRejected("The agent is not there any more.", reason="not_found")
    return agent


def _find_llm(remote: VoiceAccount, agent: RemoteAgent) -> RemoteLlm | None:
    return remote.get_llm(agent.brain_ref, version=agent.brain_version) if agent.brain_ref else None


def _to_refs(agent: RemoteAgent) -> RemoteRefs:
    return RemoteRefs(agent.ref, agent.version, agent.brain_ref, agent.brain_version)
