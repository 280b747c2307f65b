"""What a call has said of emergencies, and which of it was answered: kept with the call by kind and turn, without a word of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.core.clock import now
from app.domain.emergencies.recognition import recognise
from app.domain.emergencies.signs import Kind, read_table
from app.models import Call

# the last turns of the caller that a function's call is looked at for; those before were looked at when they were said
LAST_TURNS = 6
LONGEST_ARGUMENTS = 2000
Counts = Callable[[Kind], bool]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the words count: the industry, and the business's own phrases."""

    industry: str
    phrases: tuple[str, ...] = ()


def can_always_be_told(kind: Kind) -> bool:
    """Whether it counts whatever the hour."""
    return not kind.is_out_of_hours


def hear_turns(call: Call, turns: Iterable[tuple[int, str]], place: Place, *, counts: Counts = can_always_be_told) -> bool:
    """Takes the caller's turns, (index, text); whether something new is among them. An index is one sentence, however it is corrected."""
    return _hear(call, ((index, recognise(text, place.industry, place.phrases)) for index, text in turns), counts)


def hear_arguments(call: Call, arguments: Mapping[str, Any], index: int, place: Place, *, counts: Counts = can_always_be_told) -> bool:
    """Takes what the model hands to a function; what it only says again is not new."""
    kind = recognise(said_in(arguments), place.industry, place.phrases)
    if kind is None or any(name == kind.name for _index, name, _answered in _heard(call)):
        return False
    return _hear(call, [(index, kind)], counts)


def report(call: Call, index: int) -> None:
    """Takes what the model takes for an emergency where no words of the table were heard."""
    known = kind_of(call) or read_table().kinds["reported"]
    _keep(call, [(index, known)])


def take_unanswered(call: Call) -> Kind | None:
    """The gravest emergency that nobody has answered yet; all of them count as answered from now on."""
    open_kinds = [read_table().kinds[name] for _index, name, answered in _heard(call) if not answered]
    if not open_kinds:
        return None
    call.emergency = {**(call.emergency or {}), "heard": [[index, name, True] for index, name, _answered in _heard(call)]}
    return min(open_kinds, key=lambda kind: kind.order)


def kind_of(call: Call) -> Kind | None:
    """The gravest emergency of the call."""
    return read_table().kinds.get((call.emergency or {}).get("kind", ""))


def said_in(arguments: Mapping[str, Any]) -> str:
    """All texts of a function's arguments, wherever they stand."""
    return ". ".join(_texts(arguments))[:LONGEST_ARGUMENTS]


def _texts(value: Any, depth: int = 0) -> list[str]:
    if isinstance(value, str):
        return [value]
    if depth > 4 or not isinstance(value, Mapping | Sequence):
        return []
    return [text for each in (value.values() if isinstance(value, Mapping) else value) for text in _texts(each, depth + 1)]


def _hear(call: Call, said: Iterable[tuple[int, Kind | None]], counts: Counts) -> bool:
    heard = _heard(call)
    answered_until = max((index for index, _name, answered in heard if answered), default=-1)
    known = {(index, name) for index, name, _answered in heard}
    new = [
        (index, kind) for index, kind in said
        if kind is not None and index >= answered_until and (index, kind.name) not in known and counts(kind)
    ]  # fmt: skip
    if new:
        _keep(call, new)
    return bool(new)


def _keep(call: Call, new: Sequence[tuple[int, Kind]]) -> None:
    gravest = min([kind for _index, kind in new] + ([before] if (before := kind_of(call)) else []), key=lambda kind: kind.order)
    call.emergency = {
        "kind": gravest.name, "level": gravest.level, "at": (call.emergency or {}).get("at") or now().isoformat(),
        "heard": [*_heard(call), *([index, kind.name, False] for index, kind in new)],
    }  # fmt: skip


def _heard(call: Call) -> list[Any]:
    return list((call.emergency or {}).get("heard", ()))
