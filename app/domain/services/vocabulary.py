"""What words for services mean in both languages: "Männerhaarschnitt", "haircut for men" and "Herrenschnitt" are one."""

from dataclasses import dataclass
from functools import lru_cache

from app.domain.services.fuzzy_text import fold, list_significant_words

# for whom: each word with all that it may mean
AUDIENCES = {
    fold(word): frozenset(meaning.split())
    for meaning, words in (
        ("men", "herr herren mann männer männern ehemann vater papa opa men mens man male gent gents gentleman gentlemen husband father"),
        ("women", "dame damen frau frauen lady ladies ladys woman women womens female wife ehefrau mutter mama oma mother mum mom grandma"),
        ("children", "kind kinder kindern kid kids child children childrens childs baby enkel enkelin"),
        ("men children", "sohn söhne junge jungen boy boys son sons"),
        ("women children", "tochter töchter mädchen girl girls daughter daughters"),
    )
    for word in words.split()
}  # fmt: skip
# what: a term with its words; several words of one thing are joined by "_"
TERMS = {
    word: term
    for term, words in {
        "cut": "schnitt haarschnitt schneiden haareschneiden haarschneiden nachschneiden cut haircut hair_cut trim",
        "colour": "farbe färben farben färbung haarfarbe nachfärben einfärben colour color colouring coloring dye dyeing touch_up touchup",
        "root": "ansatz root roots",
        "tint": "tönung tönen tint toner glossing",
        "wash": "waschen wäsche haarewaschen wash washing shampoo",
        "blow-dry": "föhnen fön foehn blow_dry blowdry blow_drying blowout",
        "highlights": "strähne strähnen strähnchen highlight highlights foils",
        "machine": "maschine maschinen machine clipper clippers buzz",
        "beard": "bart bärte beard vollbart",
        "shave": "rasur rasieren nassrasur shave shaving",
        "updo": "hochsteckfrisur hochstecken updo up_do",
        "perm": "dauerwelle perm",
        "extensions": "extension extensions haarverlängerung verlängerung",
        "massage": "massage massieren",
        "nails": "maniküre nagel nägel manicure nail nails",
        "feet": "pediküre fusspflege pedicure feet",
        "brows": "augenbrauen augenbraue brauen eyebrow eyebrows brows",
        "lashes": "wimpern lash lashes eyelashes",
        "facial": "gesichtsbehandlung facial",
        "consultation": "beratung beratungsgespräch sprechstunde arzttermin consultation",
        "check-up": "checkup check_up gesundheitscheck gesundheits_check health_check",
        "vaccination": "impfung impfen vaccination vaccine jab shot flu_shot flu_jab grippeimpfung",
        "blood test": "blutabnahme blut_abnehmen blutentnahme blutbild blood_test blood_draw",
        "teeth cleaning": "zahnreinigung teeth_cleaning",
        "oil": "öl oil",
        "wheel": "rad räder reifen tyre tyres tire tires wheel wheels",
        "change": "wechsel wechseln change changing",
        "brake": "bremse bremsen brake brakes",
        "inspection": "inspektion durchsicht inspection",
        "air conditioning": "klima klimaanlage klimaservice air_con aircon air_conditioning",
        "roadworthiness": "tüv hu hauptuntersuchung mot safety_inspection",
        "diagnosis": "fehlersuche diagnose diagnosis diagnostics",
        "class": "kurs class course lesson",
    }.items()
    for word in (fold(each.replace("_", " ")) for each in words.split())
}  # fmt: skip
KNOWN_TERMS = frozenset(TERMS.values())
PHRASES = sorted((word for word in TERMS if " " in word), key=len, reverse=True)
# hair alone says nothing where everything is about hair
WEAK = frozenset({"haar", "haare", "hair", "s"})
LINKS = ("", "s", "n", "en", "e")
MIN_PART_LENGTH = 2


@dataclass(frozen=True, slots=True)
class ServiceTextMeaning:
    """What a text means: `audience` are the people it may be for (empty: not said), `terms` everything else."""

    audience: frozenset[str]
    terms: frozenset[str]

    def excludes(self, other: "ServiceTextMeaning") -> bool:
        """Check whether the other cannot be meant: a cut for men is none for women, and one of the beard is none of the hair."""
        return self.is_for_others(other) or bool(self.terms & KNOWN_TERMS - other.terms)

    def is_for_others(self, other: "ServiceTextMeaning") -> bool:
        return bool(self.audience and other.audience and not self.audience & other.audience)


@lru_cache(maxsize=4096)
def parse_terms(text: str) -> ServiceTextMeaning:
    """Parse a name, or what somebody says, into what it means; unknown words stand for themselves."""
    words = " ".join(list_significant_words(text))
    terms: set[str] = set()
    for phrase in PHRASES:
        if f" {phrase} " in f" {words} ":
            terms.add(TERMS[phrase])
            words = f" {words} ".replace(f" {phrase} ", " ").strip()
    audiences: list[frozenset[str]] = []
    for part in [part for word in words.split() for part in _split_compound(word) or [word]]:
        if part in AUDIENCES:
            audiences.append(AUDIENCES[part])
        else:
            terms.add(TERMS.get(part, part))
    audience = frozenset.intersection(*audiences) or frozenset.union(*audiences) if audiences else frozenset[str]()
    return ServiceTextMeaning(audience, frozenset(terms - WEAK or terms))


def get_term_similarity(said: ServiceTextMeaning, name: ServiceTextMeaning) -> int:
    """Estimate in percent how likely both mean the same; 0 without anything in common, or for other people."""
    if said.excludes(name) or not said.terms & name.terms:
        return 0
    if said.terms == name.terms:
        return 90 if bool(said.audience) == bool(name.audience) else 80
    return 75 if said.terms <= name.terms or name.terms <= said.terms else 0


def _split_compound(word: str) -> list[str] | None:
    """Split "mannerhaarschnitt" into known words; None where one part is unknown."""
    if word in AUDIENCES or word in TERMS or word in WEAK:
        return [word]
    for end in range(len(word) - MIN_PART_LENGTH, MIN_PART_LENGTH - 1, -1):
        head = word[:end]
        if head not in AUDIENCES and head not in TERMS and head not in WEAK:
            continue
        for link in LINKS:
            if word[end:].startswith(link) and (rest := _split_compound(word[end + len(link) :])):
                return [head, *rest]
    return None
