"""What words for services mean in both languages: "Männerhaarschnitt", "haircut for men" and "Herrenschnitt" are one."""

import re
from dataclasses import dataclass
from functools import lru_cache

from app.domain.language import vocabulary as numbers
from app.domain.services.fuzzy_text import fold, list_significant_words

# for whom: each word with all that it may mean
AUDIENCES = {
    fold(word): frozenset(meaning.split())
    for meaning, words in (
        ("men", """herr herrn herren mann männer männern ehemann vater papa papi vati opa opi grossvater schwiegervater onkel kumpel
            bräutigam gatte gatten men mens man mans male gent gents gentleman gentlemen gentlemans bloke guy guys
            husband hubby father dad daddy grandpa
            granddad grandad grandfather uncle groom boyfriend"""),
        ("women", """dame damen frau fraun frauen lady ladies ladys woman womans women womens female wife ehefrau mutter mama mami
            mutti oma omi grossmutter schwiegermutter tante braut gattin mother mum mummy mom mommy grandma granny nan grandmother aunt
            bride girlfriend"""),
        ("children", """kind kindes kinder kindern kid kids child childs children childrens childrens baby babys kleinkind schulkind
            kindergartenkind toddler toddlers nachwuchs"""),
        ("men children", """sohn sohnes söhne söhnchen junge jungen jungs bub buben bua enkel enkelsohn neffe neffen bruder
            boy boys son sons lad grandson nephew brother"""),
        ("women children", """tochter töchter töchterchen mädchen mädel mädels enkelin enkeltochter nichte schwester girl girls daughter
            daughters lass granddaughter niece sister"""),
    )
    for word in words.split()
}  # fmt: skip
# "für meinen Kleinen", "my little one": a child of one's own, by the German ending
_OWN = r"(?:mein|unser|sein|ihr|dein)"
_LITTLE = r"(?:klein|gross|kurz|jungst|altest|mittler)"
OWN_CHILDREN = tuple(
    (re.compile(pattern), frozenset(meaning.split()))
    for pattern, meaning in (
        (rf"\b{_OWN}(?:en|em) {_LITTLE}(?:st)?en\b|\b{_OWN} {_LITTLE}(?:st)?er\b", "men children"),
        (rf"\b{_OWN}(?:e {_LITTLE}(?:st)?e|er {_LITTLE}(?:st)?en)\b", "women children"),
        (rf"\b{_OWN} {_LITTLE}(?:st)?es\b|\b(?:mein|unser)\w* (?:zwerg|knirps|mause?)\b|\b(?:my|our) (?:little|young) one\b", "children"),
        (r"\b(?:my|our) (?:youngest|eldest|oldest)(?: one)?\b", "children men women"),
    )
)
# an age says whether it is for a child; "vor 2 Jahren" and "every 2 years" are none
AGE = re.compile(
    r"(?P<span>\b(?:vor|alle|seit|in|nach|every|for|since|after|within) )?"
    r"\b(?P<years>\d{1,2})(?: 1 2)? ?(?:jahr(?:e|en)?|years?|yrs?|jahrig\w*)\b(?! ago)"
    r"|\b(?:ist|wird|bin|is|hes|shes|he s|she s|turning|turned|aged|i m|im|i am) "
    r"(?:(?:erst|schon|gerade|jetzt|fast|bald|now|only|just|nearly|almost|already) )*(?P<told>\d{1,2})(?=$| (?:geworden|und|and)\b)"
    r"|^(?P<alone>\d{1,2})$|(?P<months>\b\d{1,2} (?:monate?n?|months?) (?:alt|old)\b)"
)
CHILD, ADULT = 12, 18

# what: a term with its words; several words of one thing are joined by "_"
TERMS = {
    word: term
    for term, words in {
        "cut": "schnitt haarschnitt schneiden haareschneiden haarschneiden nachschneiden schneidet cut cuts cutting haircut"
        " haircuts hair_cut trim trims stutzen nachstutzen trimmen",
        "colour": "farbe färben färbt farben färbung haarfarbe nachfärben einfärben colour color colouring coloring dye dyeing"
        " touch_up touchup",
        "root": "ansatz root roots",
        "tint": "tönung tönen tint toner glossing",
        "wash": "waschen wäscht wäsche haarewaschen wash washing shampoo",
        "blow-dry": "föhnen föhnt fön foehn blow_dry blowdry blow_drying blowout",
        "highlights": "strähne strähnen strähnchen highlight highlights foils",
        "machine": "maschine maschinen machine clipper clippers buzz",
        "beard": "bart bärte beard beards vollbart barttrimmen bartpflege",
        "shave": "rasur rasieren nassrasur shave shaving",
        "updo": "hochsteckfrisur hochsteckfrisuren brautfrisur brautfrisuren hochstecken updo updos up_do",
        "perm": "dauerwelle dauerwellen perm perms",
        "make-up": "makeup make_up schminken",
        "extensions": "extension extensions haarverlängerung verlängerung",
        "massage": "massage massagen massages massieren",
        "nails": "maniküre nagel nägel manicure nail nails",
        "feet": "pediküre fusspflege pedicure feet",
        "brows": "augenbrauen augenbraue brauen eyebrow eyebrows brows",
        "lashes": "wimpern lash lashes eyelashes",
        "facial": "gesichtsbehandlung facial",
        "consultation": "beratung beratungsgespräch sprechstunde arzttermin consultation",
        "check-up": "checkup check_up gesundheitscheck gesundheits_check health_check",
        "vaccination": "impfung impfen vaccination vaccine jab shot flu_shot flu_jab grippeimpfung grippespritze",
        "blood test": "blutabnahme blut_abnehmen blutentnahme blutbild blood_test blood_draw",
        "teeth cleaning": "zahnreinigung pzr teeth_cleaning",
        "filling": "füllung füllungen zahnfüllung plombe filling fillings",
        "whitening": "bleaching aufhellung zahnaufhellung whitening teeth_whitening",
        "root canal": "wurzelbehandlung wurzelkanalbehandlung root_canal",
        "extraction": "weisheitszahn zahnextraktion extraction wisdom_tooth",
        "x-ray": "röntgen röntgenbild x_ray xray",
        "ultrasound": "ultraschall ultrasound",
        "ecg": "ekg belastungs_ekg ecg",
        "skin check": "hautscreening hautkrebsvorsorge hautkrebsscreening hautcheck skin_check skin_screening skin_cancer_screening",
        "exercise therapy": "krankengymnastik",
        "lymphatic drainage": "lymphdrainage lymphatic_drainage",
        "manual therapy": "manuelle_therapie manual_therapy",
        "alignment": "achsvermessung spureinstellung wheel_alignment",
        "battery": "batterie autobatterie battery",
        "clutch": "kupplung clutch",
        "exhaust": "auspuff exhaust",
        "neutering": "kastration kastrieren neutering spaying",
        "worming": "entwurmung entwurmen worming deworming",
        "oil": "öl oil",
        "wheel": "rad räder reifen tyre tyres tire tires wheel wheels",
        "change": "wechsel wechseln change changing",
        "brake": "bremse bremsen brake brakes",
        "inspection": "inspektion durchsicht inspection",
        "air conditioning": "klima klimaanlage klimaservice ac air_con aircon air_conditioning",
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
# what says nothing of which service it is
_NOISE = """
    noch dann auch danach davor dazu vorher zusätzlich extra also then too as well afterwards before additionally lassen machen
    macht gemacht tun haben hat hätten will würde wollen können kann könnte soll sollte müsste muss brauchen bräuchte get getting
    done have having do would could can should ja nein nur just only so halt eben doch jetzt now vielleicht maybe einfach
    ganz normal normale normaler normales normalen klassisch klassischer klassische standard regular basic quick simple kurz schnell
    schnelle schneller gehen geht hier für mich mir uns me us myself our unser unsere unserer unseren unserem sein ihr von vom of
    off on in im am an at es is ist sich one 1 x mal einmal wäre it some den einer meins neu new same again more eigentlich all
"""
NOISE = frozenset(map(fold, _NOISE.split()))
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
    audiences = _find_told_audiences(text)
    for part in [part for word in words.split() for part in _split_compound(word) or [word]]:
        if part in AUDIENCES:
            audiences.append(AUDIENCES[part])
        else:
            terms.add(TERMS.get(part, part))
    audience = frozenset.intersection(*audiences) or frozenset.union(*audiences) if audiences else frozenset[str]()
    return ServiceTextMeaning(audience, frozenset(terms - WEAK or terms))


def find_audience(*texts: str | None) -> frozenset[str]:
    """Find for whom it is in what was said beside the service: "mein Sohn, vier Jahre"; empty where it is not told, or told of several."""
    told = [audience for text in texts for clause in re.split(r"[,;.()]", text or "") if (audience := parse_terms(clause).audience)]
    return frozenset.intersection(*told) if told else frozenset()


def _find_told_audiences(text: str) -> list[frozenset[str]]:
    """Find those that stand in no word of its own: own children, and ages."""
    folded = fold(text)
    found = [audience for pattern, audience in OWN_CHILDREN if pattern.search(folded)]
    for match in AGE.finditer(fold(numbers.replace_number_words(numbers.fold(text.replace("-", " "))))):
        years = int(match["years"] or match["told"] or match["alone"] or 0)
        if match["span"] or CHILD < years < ADULT:
            continue
        found.append(frozenset({"children"}) if years <= CHILD else frozenset({"men", "women"}))
    return found


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
