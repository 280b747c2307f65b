"""Emergencies detected in a call, stored by kind and turn, without the caller's words."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.core.clock import now
from app.domain.emergencies.recognition import recognise_emergency, recognise_in_texts
from app.domain.emergencies.signs import EmergencyKind, load_table
from app.models import Call

# the caller's latest turns that a tool call examines; earlier ones were examined before
MAX_TURNS = 6
MAX_ARGUMENTS_LENGTH = 2000
KindFilter = Callable[[EmergencyKind], bool]


@dataclass(frozen=True, slots=True)
class EmergencyProfile:
    """Input of the recognition for one business: its industry and own phrases."""

    industry: str
    phrases: tuple[str, ...] = ()


def is_always_relevant(kind: EmergencyKind) -> bool:
    """Check whether the kind counts at any hour."""
    return not kind.is_out_of_hours


def detect_in_turns(
    call: Call, turns: Iterable[tuple[int, str]], place: EmergencyProfile, *, counts: KindFilter = is_always_relevant
) -> bool:
    """Detect emergencies in the caller's turns, (index, text); gives whether any is new. A corrected turn keeps its index."""
    return _detect(call, ((index, recognise_emergency(text, place.industry, place.phrases)) for index, text in turns), counts)


def detect_in_arguments(
    call: Call, arguments: Mapping[str, Any], index: int, place: EmergencyProfile, *, counts: KindFilter = is_always_relevant
) -> bool:
    """Detect emergencies in a tool's arguments; a kind that is stored already is not new."""
    kind = recognise_in_texts(list_texts(arguments), place.industry, place.phrases)
    if kind is None or any(name == kind.name for _index, name, _answered in _list_detections(call)):
        return False
    return _detect(call, [(index, kind)], counts)


def record_report(call: Call, index: int) -> None:
    """Record an emergency reported by the model."""
    kind = find_kind(call) or load_table().kinds["reported"]
    _store(call, [(index, kind)])


def take_unanswered(call: Call) -> EmergencyKind | None:
    """Take the gravest unanswered emergency and mark all as answered."""
    open_kinds = [load_table().kinds[name] for _index, name, answered in _list_detections(call) if not answered]
    if not open_kinds:
        return None
    call.emergency = {**(call.emergency or {}), "heard": [[index, name, True] for index, name, _answered in _list_detections(call)]}
    return min(open_kinds, key=lambda kind: kind.order)


def find_kind(call: Call) -> EmergencyKind | None:
    """Find the gravest emergency of the call."""
    return load_table().kinds.get((call.emergency or {}).get("kind", ""))


def list_texts(arguments: Mapping[str, Any]) -> list[str]:
    """List the texts in a tool's arguments, nested ones included, up to a total length."""
    texts, left = [], MAX_ARGUMENTS_LENGTH
    for text in _list_texts(arguments):
        if left <= 0:
            break
        texts.append(text[:left])
        left -= len(text)
    return texts


def _list_texts(value: Any, depth: int = 0) -> list[str]:
    if isinstance(value, str):
        return [value]
    if depth > 4 or not isinstance(value, Mapping | Sequence):
        return []
    return [text for each in (value.values() if isinstance(value, Mapping) else value) for text in _list_texts(each, depth + 1)]


def _detect(call: Call, candidates: Iterable[tuple[int, EmergencyKind | None]], counts: KindFilter) -> bool:
    detections = _list_detections(call)
    answered_until = max((index for index, _name, answered in detections if answered), default=-1)
    detected = {(index, name) for index, name, _answered in detections}
    new = [
        (index, kind) for index, kind in candidates
        if kind is not None and index >= answered_until and (index, kind.name) not in detected and counts(kind)
    ]  # fmt: skip
    if new:
        _store(call, new)
    return bool(new)


def _store(call: Call, new: Sequence[tuple[int, EmergencyKind]]) -> None:
    gravest = min([kind for _index, kind in new] + ([before] if (before := find_kind(call)) else []), key=lambda kind: kind.order)
    call.emergency = {
        "kind": gravest.name, "level": gravest.level, "at": (call.emergency or {}).get("at") or now().isoformat(),
        "heard": [*_list_detections(call), *([index, kind.name, False] for index, kind in new)],
    }  # fmt: skip


def _list_detections(call: Call) -> list[Any]:
    return list((call.emergency or {}).get("heard", ()))
