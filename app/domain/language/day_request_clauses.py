"""Tells the clauses that wish for a day from those that only tell one: "Montag hab ich Chor, also Dienstag"."""

from datetime import date, timedelta

from app.domain.language.calendar_arithmetic import WEEK, find_weekday
from app.domain.language.date_clauses import DateClause, are_single, list_days, split_clauses
from app.domain.language.dates import DayRange
from app.domain.language.fillers import ASIDE
from app.domain.language.marked_text import Scanner
from app.domain.language.request_words import (
    ABSENT_UNTIL,
    ALSO,
    ARTICLE_DAY,
    CLOSING,
    DAY,
    GIVEN_UP,
    JOINED,
    LEFT_OPEN,
    MARK,
    NOUN_AS_SUBJECT,
    ONES_OWN,
    ONLY,
    REASONS,
    REPORTED_TIMES,
    STRETCH,
    TAKEN_BACK,
    THAT_OR,
    TIME,
    TIME_OR_PART,
)


def set_aside_reasons(scanner: Scanner) -> None:
    """Set aside what is told of other days, where a clause of its own wishes for one."""
    if len(MARK.findall(scanner.text)) < 2:
        return
    clauses = split_clauses(scanner)
    if len(clauses) < 2:
        return
    wishes = [place for place, clause in enumerate(clauses) if _can_be_wish(clause) and DAY.search(clause.text)]
    concluded = [place for place in wishes if clauses[place].is_concluded]
    if concluded:
        # what stands before a conclusion gives its reasons; a bare weekday needs the days it lies in
        is_plain = any(day and (day.weekday is not None) for place in concluded for day in list_days(scanner, clauses[place].text))
        wishes = [
            place
            for place in wishes
            if clauses[place].kind != "other" or place >= concluded[-1] or (is_plain and not are_single(scanner, clauses[place].text))
        ]
    aside = [place for place in range(len(clauses)) if place not in wishes and _is_set_aside(scanner, clauses, place, wishes)]
    withdrawn = {day for place in aside for day in list_days(scanner, clauses[place].text)}
    for place in list(wishes):
        # "am zweiten wär gut, nein, am zweiten ist Elternabend, am dritten"
        later = any(other > place for other in wishes)
        if (
            later
            and any(other > place for other in aside)
            and any(day and other and _meet(day, other) for day in list_days(scanner, clauses[place].text) for other in withdrawn)
        ):
            aside.append(place)
    if concluded:
        # "I was thinking Tuesday but the car is away, so Wednesday"
        aside += [place for place in wishes if place < concluded[-1] and place not in aside and GIVEN_UP.search(clauses[place].text)]
    told_after = any(
        clauses[place].kind == "told" and not _is_reason(clauses[place]) and DAY.search(clauses[place].text)
        for place in aside
        if place > max(wishes) and not _names_again(scanner, clauses, place, wishes) and not _lies_outside(scanner, clauses, place, wishes)
    )
    ends_with_wish = any(clause.is_concluded and TIME_OR_PART.search(clause.text) for clause in clauses[max(wishes, default=0) :])
    if told_after and not ends_with_wish and not any(clauses[place].kind == "wish" or clauses[place].is_concluded for place in wishes):
        # nothing wishes plainly, and the last day is told
        return
    if aside:
        _move_behind_absence(scanner, [clauses[place] for place in aside], [clauses[place] for place in wishes if place > min(aside)])
    if aside and concluded:
        _move_behind(scanner, [day for place in aside for day in list_days(scanner, clauses[place].text)], clauses[concluded[-1]])
    is_narrowed = _exclude_from_stretch(scanner, clauses, wishes)
    is_narrowed |= _set_aside_times(clauses) or any(clause.is_changed for clause in clauses)
    if aside or is_narrowed:
        texts = (f"{ASIDE}," if place in aside else clause.text for place, clause in enumerate(clauses))
        scanner.text = " ".join("".join(f"{clause.end} {text}" for clause, text in zip(clauses, texts, strict=True)).split()).rstrip(",")


def _move_behind_absence(scanner: Scanner, told: list[DateClause], wishes: list[DateClause]) -> None:
    """ "bin bis Donnerstag weg, also Samstag": the one after it, also where another comes before."""
    ends = [day for clause in told if clause.kind == "told" and (day := _get_absence_end(scanner, clause))]
    last = max(ends, default=None)
    for number in (int(number) for clause in wishes for number in DAY.findall(clause.text) if last):
        day = scanner.found[number]
        if last and isinstance(day, DayRange) and day.weekday is not None and day.is_single and day.first <= last:
            first = find_weekday(day.weekday, last + timedelta(1))
            scanner.found[number] = DayRange(first, first)


def _get_absence_end(scanner: Scanner, clause: DateClause) -> date | None:
    until = ABSENT_UNTIL.search(clause.text)
    end = scanner.found[int(until[1])] if until else None
    if not isinstance(end, DayRange) or not end.is_single:
        return None
    first = max(day.first for day in list_days(scanner, clause.text) if day)
    return end.first if end.weekday is None or end.first >= first else find_weekday(end.weekday, first)


def _move_behind(scanner: Scanner, told: list[DayRange | None], wish: DateClause) -> None:
    """ "Memorial Day is out, so the Tuesday": the one after it."""
    named = ARTICLE_DAY.match(wish.text)
    day = scanner.found[int(named[1])] if named else None
    dates = [other.last for other in told if other and other.weekday is None and not other.is_day_of_month]
    if named and isinstance(day, DayRange) and day.weekday is not None and dates and day.first < max(dates):
        first = find_weekday(day.weekday, max(dates))
        scanner.found[int(named[1])] = DayRange(first, first)


def _exclude_from_stretch(scanner: Scanner, clauses: list[DateClause], wishes: list[int]) -> bool:
    """Exclude what is told of days of a stretch: "morgen bis Dienstag, bloß Sonntag bin ich bei meiner Schwester"."""
    is_narrowed = False
    for place in range(wishes[0] + 1 if wishes else len(clauses), len(clauses)):
        clause, before = clauses[place], clauses[place - 1]
        if (
            clause.kind != "told"
            or not (ONLY.match(clause.text) or LEFT_OPEN.search(before.text))
            or not _is_stretch(scanner, clauses, wishes)
        ):
            continue
        if days := DAY.findall(clause.text):
            clause.text = "".join(f", nicht <d{number}>" for number in days)
            before.text = LEFT_OPEN.sub("", before.text)
            is_narrowed = True
    return is_narrowed


def _is_stretch(scanner: Scanner, clauses: list[DateClause], wishes: list[int]) -> bool:
    wished = [day for wish in wishes for day in list_days(scanner, clauses[wish].text)]
    return any(STRETCH.search(clauses[wish].text) for wish in wishes) or not all(day and day.is_single for day in wished)


def _set_aside_times(clauses: list[DateClause]) -> bool:
    """Set aside the times that are told with a day: "morgen bin ich bis zwölf beim Zoll, also um zwei"."""
    concluded = (place for place, clause in enumerate(clauses) if clause.is_concluded and TIME_OR_PART.search(clause.text))
    asked = (
        place
        for place, clause in enumerate(clauses)
        if clause.kind in ("wish", "bare") and TIME.search(clause.text) and not JOINED.match(clause.text) and not ALSO.search(clause.text)
    )
    last = max([*concluded, *asked], default=0)
    # "Dienstag um drei ist belegt, dann um vier": the day stays
    is_only_day = sum(bool(DAY.search(clause.text)) for clause in clauses) == 1
    told = [
        clause
        for clause in clauses[:last]
        if (clause.kind == "other" and TIME.search(clause.text) and any(later.is_concluded for later in clauses[: last + 1]))
        or (clause.kind == "excluded" and TIME.search(clause.text) and DAY.search(clause.text) and is_only_day)
        or ((clause.kind == "told" or GIVEN_UP.search(clause.text)) and TIME_OR_PART.search(clause.text))
    ]
    names_day = any(DAY.search(clause.text) for clause in clauses if clause not in told)
    for clause in told:
        # "am Montag bin ich bis vier auf Arbeit, also um fünf": the day stays
        days = "" if names_day else " ".join(day[0] for day in DAY.finditer(clause.text))
        clause.text = days or REPORTED_TIMES.sub(ASIDE, clause.text)
    return bool(told)


def _is_reason(clause: DateClause) -> bool:
    return clause.text.split(" ", 1)[0] in (*REASONS, "da")


def _can_be_wish(clause: DateClause) -> bool:
    return clause.kind in ("wish", "bare", "other") or (clause.kind == "told" and clause.is_concluded)


def _is_set_aside(scanner: Scanner, clauses: list[DateClause], place: int, wishes: list[int]) -> bool:
    clause = clauses[place]
    if not wishes or JOINED.match(clause.text) or (clause.kind == "told" and ALSO.search(clause.text)):
        return False
    if (
        clause.kind == "told"
        and place > max(wishes)
        and (_names_again(scanner, clauses, place, wishes) or _lies_outside(scanner, clauses, place, wishes))
    ):
        return True
    is_concluded = any(clauses[wish].is_concluded for wish in wishes if wish > place)
    if clause.kind == "told" and is_concluded and DAY.search(clause.text) and not any(list_days(scanner, clause.text)):
        # "I have physio every Tuesday at ten, so Wednesday at ten"
        return True
    if any(clauses[wish].is_concluded and THAT_OR.search(clauses[wish].text) for wish in wishes):
        return False
    days = list_days(scanner, clause.text)
    if not days:
        return (
            clause.kind == "told"
            and bool(TIME_OR_PART.search(clause.text))
            and any(TIME_OR_PART.search(other.text) for other in clauses if other.kind in ("wish", "bare"))
        )
    later = [wish for wish in wishes if wish > place]
    if clause.kind == "excluded" and any(
        TAKEN_BACK.search(clauses[wish].text) and list_days(scanner, clauses[wish].text) == days for wish in later
    ):
        return True
    wished = [day for wish in later or wishes for day in list_days(scanner, clauses[wish].text)]
    if _is_stretch(scanner, clauses, later or wishes) and (clause.kind == "excluded" or place > wishes[0]):
        # "ab Montag, nur nicht Mittwoch", "next week, I've choir on Thursday"
        return False
    if clause.kind == "told" and len(days) > 1 and later and ONES_OWN.search(clause.text) and all(day in days for day in wished):
        # "I'm in town Thursday and Friday, Friday would be best"
        return True
    concludes_stretch = any(clauses[wish].is_concluded for wish in wishes) and any(day and not day.is_single for day in wished)
    is_exact = bool(wished) and all(day and day.is_single and day.weekday is None and not day.is_day_of_month for day in wished)
    if clause.kind == "told" and NOUN_AS_SUBJECT.match(clause.text) and not ONES_OWN.search(clause.text):
        # "der TÜV läuft im Mai ab, am Dienstag"
        return None not in days
    if clause.kind == "told" and wished and any(day and day.weekday is not None for day in days):
        # "ab September hab ich dienstags Sport, am Donnerstag bin ich frei"
        days = [day for day in days if day and day.weekday is not None]
    if any(day is None or (day.last - day.first >= WEEK and not concludes_stretch and not is_exact) for day in days):
        return False
    if clause.kind == "told" and (concludes_stretch or (is_exact and any(clauses[wish].is_concluded for wish in wishes))):
        # "the harvest runs till mid August, so the second half of August"
        return True
    return not any(day is None or any(day.first <= other.last and other.first <= day.last for other in days if other) for day in wished)


def _names_again(scanner: Scanner, clauses: list[DateClause], place: int, wishes: list[int]) -> bool:
    """Check for a day that was corrected before: "am ersten, Verzeihung, am zweiten, am ersten bin ich in Graz"."""
    before = [day for wish in wishes[:-1] for day in list_days(scanner, clauses[wish].text)]
    told = list_days(scanner, clauses[place].text)
    return bool(before and told) and all(any(day and other and _meet(day, other) for other in before) for day in told)


def _lies_outside(scanner: Scanner, clauses: list[DateClause], place: int, wishes: list[int]) -> bool:
    """Check for a day outside the stretch that suits: "bis Donnerstag, am Freitag fliegen wir"."""
    ends = [scanner.found[int(bound[1])] for wish in wishes for bound in CLOSING.finditer(clauses[wish].text)]
    stretches = [day for wish in wishes for day in list_days(scanner, clauses[wish].text) if day and not day.is_single]
    days = list_days(scanner, clauses[place].text)
    if None in days or not days or not (ends or stretches):
        return False
    if ends:
        return all(isinstance(end, DayRange) and day and day.first > end.last for end in ends for day in days)
    return all(day and (day.last < other.first or day.first > other.last) for other in stretches for day in days)


def _meet(one: DayRange, other: DayRange) -> bool:
    return (
        one.first == other.first
        or (None not in (one.weekday, other.weekday) and one.weekday == other.weekday)
        or (one.weekday is not None and other.is_single and other.first.weekday() == one.weekday)
        or (one.is_day_of_month and other.is_single and other.first.day == one.first.day)
    )
