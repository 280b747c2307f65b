"""The steps of writing an agent at her voice provider. Each looks before it makes, so that each may be done again. No database here."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from app.core.errors import ProviderError
from app.domain.agents.provisioning.desired_state import Wanted
from app.domain.agents.provisioning.diff import Finding, There, compare, compare_agent
from app.providers import open_voice_account
from app.providers.credentials import Credentials
from app.providers.voice.management import NumberBinding, RemoteAgent, RemoteLlm, VoiceAccount, VoiceRejected

WRITING = ("draft", "brain", "agent", "publish")


@dataclass(frozen=True, slots=True)
class Known:
    """Its names there, as far as we know them."""

    agent_ref: str | None = None
    agent_version: int | None = None
    llm_ref: str | None = None
    llm_version: int | None = None


@dataclass(frozen=True, slots=True)
class Errand:
    """One step, reserved; what it needs to know is in it."""

    registration_id: str
    token: str
    step: str
    provider: str
    access: Credentials
    wanted: Wanted
    known: Known


@dataclass(slots=True)
class Outcome:
    known: Known
    error: ProviderError | None = None
    # steps that need not be done any more
    spared: tuple[str, ...] = ()
    findings: list[Finding] = field(default_factory=list)


def send(errand: Errand) -> Outcome:
    """Carry out one step at the provider; an error is part of the result."""
    there, outcome = open_voice_account(errand.provider, errand.access), Outcome(errand.known)
    name, _colon, e164 = errand.step.partition(":")
    try:
        if name == "number":
            _bind(there, errand, e164)
        elif name == "release":
            _release(there, errand, e164)
        else:
            STEPS[name](there, errand, outcome)
    except ProviderError as error:
        outcome.error = error
    return outcome


def look_there(there: VoiceAccount, known: Known, wanted: Wanted) -> There:
    """What stands there of what we know, and of the numbers those that should be ours."""
    agent = there.get_agent(known.agent_ref, version=known.agent_version) if known.agent_ref else None
    brain = _brain_of(there, agent) if agent else None
    ours = {*wanted.numbers, *wanted.released}
    return There(agent, brain, {number.e164: number for number in there.list_numbers() if number.e164 in ours})


def _look(there: VoiceAccount, errand: Errand, outcome: Outcome) -> None:
    """What is right already is not written again: only the numbers may have been changed."""
    newest = _newest(there, errand)
    if newest is None:
        outcome.known = Known()
        return
    is_known = newest.ref == errand.known.agent_ref and errand.known.agent_version is not None
    current = there.get_agent(newest.ref, version=errand.known.agent_version) if is_known else newest
    if current and all(finding.fits for finding in compare_agent(errand.wanted, There(current, _brain_of(there, current), {}))):
        outcome.known, outcome.spared = _known(current), WRITING
    else:
        outcome.known = _known(newest)


def _draft(there: VoiceAccount, errand: Errand, outcome: Outcome) -> None:
    """What is published can be changed no more; a draft that an unanswered request has made is taken as it is."""
    if errand.known.agent_ref is None:
        return
    newest = _existing(there, errand.known.agent_ref)
    if newest.is_published:
        newest = there.draft_agent(newest.ref, base_version=newest.version)
    outcome.known = _known(newest)


def _brain(there: VoiceAccount, errand: Errand, outcome: Outcome) -> None:
    known, setup = errand.known, errand.wanted.brain
    brain = there.get_llm(known.llm_ref, version=known.llm_version) if known.llm_ref else None
    if brain is None or brain.is_published:
        made = (there.get_llm(ref) for ref in there.find_llms(setup.mark))
        brain = next((each for each in made if each and not each.is_published), None)
    written = there.update_llm(brain.ref, setup, version=brain.version) if brain else there.create_llm(setup)
    outcome.known = replace(known, llm_ref=written.ref, llm_version=written.version)


def _agent(there: VoiceAccount, errand: Errand, outcome: Outcome) -> None:
    known, setup = errand.known, errand.wanted.agent
    brain = RemoteLlm(known.llm_ref or "", known.llm_version, is_published=False, setup=errand.wanted.brain)
    made = _newest(there, errand) if known.agent_ref is None else None
    ref, version = (made.ref, made.version) if made else (known.agent_ref, known.agent_version)
    written = there.update_agent(ref, setup, brain, version=version) if ref else there.create_agent(setup, brain)
    outcome.known = replace(known, agent_ref=written.ref, agent_version=written.version)


def _publish(there: VoiceAccount, errand: Errand, _outcome: Outcome) -> None:
    ref, version = errand.known.agent_ref or "", errand.known.agent_version or 0
    if not _existing(there, ref, version).is_published:
        there.publish_agent(ref, version, title=errand.wanted.title)


def _bind(there: VoiceAccount, errand: Errand, e164: str) -> None:
    """To this version: what somebody publishes there by hand does not answer our callers."""
    number = there.get_number(e164)
    if number is None:
        raise VoiceRejected("This account has no such number.", reason="not_found")
    binding = NumberBinding(errand.known.agent_ref or "", errand.known.agent_version)
    if number.bindings != (binding,) or number.inbound_webhook_url != errand.wanted.inbound_webhook_url:
        there.bind_number(e164, binding, inbound_webhook_url=errand.wanted.inbound_webhook_url)


def _release(there: VoiceAccount, errand: Errand, e164: str) -> None:
    """Where she still answers it; whom somebody else has put there is none of our business."""
    number = there.get_number(e164)
    if number is not None and any(binding.agent_ref == errand.known.agent_ref for binding in number.bindings):
        there.release_number(e164)


def _check(there: VoiceAccount, errand: Errand, outcome: Outcome) -> None:
    outcome.findings = compare(errand.wanted, look_there(there, errand.known, errand.wanted))


STEPS: dict[str, Callable[[VoiceAccount, Errand, Outcome], None]] = {
    "look": _look, "draft": _draft, "brain": _brain, "agent": _agent, "publish": _publish, "check": _check,
}  # fmt: skip


def _newest(there: VoiceAccount, errand: Errand) -> RemoteAgent | None:
    """The newest version of the agent we know, or of the one that bears our mark."""
    if errand.known.agent_ref and (agent := there.get_agent(errand.known.agent_ref)):
        return agent
    found = sorted(there.find_agents(errand.wanted.brain.mark))
    return there.get_agent(found[0]) if found else None


def _existing(there: VoiceAccount, ref: str, version: int | None = None) -> RemoteAgent:
    agent = there.get_agent(ref, version=version)
    if agent is None:
        raise VoiceRejected("The agent is not there any more.", reason="not_found")
    return agent


def _brain_of(there: VoiceAccount, agent: RemoteAgent) -> RemoteLlm | None:
    return there.get_llm(agent.brain_ref, version=agent.brain_version) if agent.brain_ref else None


def _known(agent: RemoteAgent) -> Known:
    return Known(agent.ref, agent.version, agent.brain_ref, agent.brain_version)
