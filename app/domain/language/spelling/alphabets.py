"""Spelling alphabets and letter names, German and English; keys are folded: small, ä as ae, ß as ss, without accents."""

# ruff: noqa: E501  (tables of words)

from app.domain.language.parsed_time import Language
from app.domain.language.spelling.word_lists import word_set
from app.domain.language.vocabulary import fold

# DIN 5009 (1983 and 2022, with older editions), ÖNORM A 1081, Switzerland, and what people say in their place
GERMAN_ALPHABET = {
    "a": "Anton Anna Aachen Albert Alfred Apfel Andreas Auto Affe", "ä": "Ärger Äsch Äpfel Ähre Ägypten",
    "b": "Berta Bertha Berlin Bernhard Bruno Bär Baum Boris", "c": "Cäsar Cesar Chemnitz Christian Christa Clown Computer Citrone",
    "d": "Dora Daniel Düsseldorf David Dieter Dose Dach", "e": "Emil Essen Erich Esel Ente Elefant Erik Eva Erika",
    "f": "Friedrich Frankfurt Fritz Franz Fisch Felix Ferdinand", "g": "Gustav Goslar Georg Gans Gabel Gerhard",
    "h": "Heinrich Hamburg Hans Hugo Haus Hermann Hase Hannover", "i": "Ida Ingelheim Igel Isidor Insel Italien Inge Ina",
    "j": "Julius Jena Jakob Jacob Johann Josef Joseph Jochen", "k": "Kaufmann Köln Konrad Karl Kaiser Kilo Katze Kuh",
    "l": "Ludwig Leipzig Leopold Lampe Löwe Lena Luise", "m": "Martha Marta München Marie Maria Max Maus Michael Mutter",
    "n": "Nordpol Nürnberg Norbert Niklaus Nikolaus Nord Nathan Nase", "o": "Otto Offenbach Oskar Ohr Oma Oliver Olga",
    "ö": "Ökonom Österreich Örlikon Öse Öl", "p": "Paula Potsdam Peter Paul Papa Pauline", "q": "Quelle Quickborn Quasi Quark Qualle",
    "r": "Richard Rostock Rosa Robert Rudolf Rita Ruth", "s": "Samuel Siegfried Salzwedel Sophie Sofie Sonne Susanne Salat Siegmund",
    "t": "Theodor Tübingen Theo Toni Tisch Tante Thomas Tor Tom", "u": "Ulrich Unna Uhr Ute Ulf Uhu", "ü": "Übermut Übel Übung Überlingen",
    "v": "Viktor Victor Völklingen Vogel Vater Vera Viola", "w": "Wilhelm Wuppertal Willi Willy Wasser Wolf Werner",
    "x": "Xanthippe Xantippe Xanten Xaver Xylophon", "y": "Ypsilon Yverdon Yoga Yacht Yvonne", "z": "Zacharias Zeppelin Zwickau Zürich Zeppeline Zebra Zahn Zoo",
    "ch": "Charlotte", "sch": "Schule", "ß": "Eszett Straße",
}  # fmt: skip
# ICAO/NATO, and what is said in Britain and the United States
ENGLISH_ALPHABET = {
    "a": "Alfa Alpha Apple Able Adam Alice Andrew", "b": "Bravo Bob Boy Baker Benjamin Bertie Barry Ben Banana",
    "c": "Charlie Cat Charles Car", "d": "Delta Dog David Daddy Dad Daisy Donald", "e": "Echo Edward Easy Elephant Egg Eric Edwin",
    "f": "Foxtrot Fox Frank Freddie Freddy Fred Father", "g": "Golf George Girl Garage", "h": "Hotel Harry Henry How House Hat",
    "i": "India SpokenItem Ink Isaac Igloo Ice Indigo", "j": "Juliett Juliet Juliette Jack John Jig Jane Jam", "k": "Kilo King Kite Karen Kangaroo",
    "l": "Lima Love Larry London Lucy Lion Lincoln Lewis", "m": "Mike Mary Mother Monkey Michael Mum", "n": "November Nancy Nuts Nan Nelly Nora Nellie",
    "o": "Oscar Oliver Oboe Ocean Orange Olive", "p": "Papa Peter Paul Penguin Pip Pizza", "q": "Quebec Queen Queenie",
    "r": "Romeo Robert Roger Robin Rabbit Red", "s": "Sierra Sam Sugar Sally Samuel Susan Snake Steven", "t": "Tango Tom Tommy Thomas Tiger Tea Tree",
    "u": "Uniform Uncle Umbrella Under", "v": "Victor Vic Victory Van Violet Vegas", "w": "Whiskey Whisky William Walter Water Willie",
    "x": "X-ray Xray Xylophone", "y": "Yankee Yellow Young Yoke Yoyo Yogurt", "z": "Zulu Zebra Zoo Zachary",
}  # fmt: skip
# said alone these are taken for their letter; the cities of 1983's successors and NATO's words are nobody's name
PERSON_NAMES = frozenset(
    fold(
        """Anton Anna Albert Alfred Andreas Berta Bertha Bernhard Bruno Boris Christian Christa Dora Daniel David Dieter Emil Erich Erik Eva
        Erika Friedrich Fritz Franz Felix Ferdinand Gustav Georg Gerhard Heinrich Hans Hugo Hermann Ida Isidor Inge Ina Julius Jakob Jacob
        Johann Josef Joseph Jochen Kaufmann Konrad Karl Kaiser Ludwig Leopold Lena Luise Martha Marta Marie Maria Max Michael Norbert Niklaus
        Nikolaus Nathan Otto Oskar Oliver Olga Paula Peter Paul Pauline Richard Rosa Robert Rudolf Rita Ruth Samuel Siegfried Sophie Sofie
        Susanne Siegmund Theodor Theo Toni Thomas Tom Ulrich Ute Ulf Viktor Victor Vera Viola Vogel Wilhelm Willi Willy Wolf Werner Xaver
        Yvonne Zacharias Charlotte Adam Alice Andrew Bob Benjamin Bertie Barry Ben Charlie Charles Edward Eric Edwin Frank Freddie Freddy
        Fred George Harry Henry Isaac Juliett Juliet Juliette Jack John Jane King Karen Love Larry London Lucy Lincoln Lewis Mike Mary Nancy
        Nelly Nora Nellie Oscar Romeo Roger Robin Sam Sally Susan Steven Tommy Vic William Walter Willie Young Zachary India Sierra Delta"""
    ).split()
)
CODE_WORDS: dict[str, tuple[str, ...]] = {
    fold(word): (letters,)
    for alphabet in (ENGLISH_ALPHABET, GERMAN_ALPHABET)
    for letters, words in alphabet.items()
    for word in words.split()
}
# alone they may stand for one letter or for all of them
CODE_WORDS |= {"charlotte": ("ch", "c"), "schule": ("sch", "s"), "charly": ("c", "ch")}

# how letters are written that were said by their names; what is also the text of letters is in AMBIGUOUS_NAMES
GERMAN_LETTER_NAMES = {
    "a": "ah aah", "b": "be beh bee", "c": "ce zeh tse", "d": "de deh dee", "e": "eh ee", "f": "ef eff", "g": "ge geh gee", "h": "ha hah haa",
    "i": "ih ii", "j": "jot jott yot", "k": "ka kah kaa", "l": "el ell", "m": "em emm", "n": "en enn", "o": "oh oo", "p": "pe peh pee",
    "q": "ku kuh qu que", "r": "er err", "s": "es ess", "t": "te teh tee", "u": "uh uu", "v": "vau fau vow", "w": "we weh wee",
    "x": "ix iks icks", "y": "ypsilon ipsilon uepsilon ypsylon ypsillon üpsilon", "z": "zett zet zed tsett", "ß": "eszett esszett estsett szett",
    "ü": "üh", "ö": "oe", "ä": "ae",
}  # fmt: skip
ENGLISH_LETTER_NAMES = {
    "a": "ay eh", "b": "bee be", "c": "see sea cee", "d": "dee", "e": "ee", "f": "ef eff", "g": "gee jee", "h": "aitch haitch", "i": "eye aye",
    "j": "jay", "k": "kay", "l": "el ell", "m": "em", "n": "en", "o": "oh owe", "p": "pee pea", "q": "cue queue que", "r": "ar are arr",
    "s": "ess es", "t": "tee tea", "u": "you yoo", "v": "vee", "w": "doubleu", "x": "ex eks", "y": "why wye", "z": "zed zee",
}  # fmt: skip
LETTER_NAMES: dict[Language, dict[str, tuple[str, ...]]] = {
    "de": {fold(name): (letter,) for letter, names in GERMAN_LETTER_NAMES.items() for name in names.split()},
    "en": {fold(name): (letter,) for letter, names in ENGLISH_LETTER_NAMES.items() for name in names.split()},
}
# "ue" and "oe" are two letters more often than one, "zee" is C or the English Z
LETTER_NAMES["de"] |= {"zee": ("c", "z"), "ze": ("c", "z"), "uepsilon": ("y",), "oe": ("oe",), "ae": ("ae",), "ue": ("ue",)}
# in a run of letters the text itself is as likely: "M E I er" is Meir or Meier
AMBIGUOUS_NAMES: dict[Language, frozenset[str]] = {
    "de": frozenset({"er", "es", "en", "el", "em", "ef", "te", "de", "be", "ge", "ce", "ha", "we", "ee", "oo", "uu", "ii"}),
    "en": frozenset({"el", "em", "en", "es", "ar", "ee", "ay", "ex"}),
}
# what may be said in one breath within a spelled name
CLUSTERS = word_set(
    """
    sch ch ck th ph ei ai ie eu au aeu äu ey ay ss st sp tz dt qu pf ll nn mm tt ff pp rr bb dd gg kk zz oe ae ue ou oo ee aa ij
    ng nk nd nt sz cz rz dz dj gh kh sh tsch schw schm schn schl str spr chr
    """
)
# letters with a sign: how the sign is named, by letter
SIGNS = {
    "umlaut": dict(zip("aou", "äöü", strict=True)), "cedille": {"c": "ç", "s": "ş"}, "cedilla": {"c": "ç", "s": "ş"},
    "tilde": {"n": "ñ", "a": "ã", "o": "õ"}, "akut": {"e": "é", "a": "á", "o": "ó", "i": "í", "u": "ú", "c": "ć", "n": "ń", "s": "ś", "y": "ý"},
    "gravis": {"e": "è", "a": "à", "o": "ò", "u": "ù", "i": "ì"}, "zirkumflex": {"e": "ê", "a": "â", "o": "ô", "i": "î", "u": "û"},
    "hatschek": {"c": "č", "s": "š", "z": "ž", "r": "ř", "e": "ě"}, "ring": {"a": "å", "u": "ů"}, "breve": {"g": "ğ", "a": "ă"},
}  # fmt: skip
SLASH = {"o": "ø", "l": "ł", "d": "đ"}
DOTS = SIGNS["umlaut"] | {"e": "ë", "i": "ï"}
SIGNS |= {
    "umlaut": SIGNS["umlaut"], "puenktchen": DOTS, "punkten": DOTS, "punkte": DOTS, "doppelpunkten": DOTS, "dots": DOTS, "diaeresis": DOTS,
    "accent aigu": SIGNS["akut"], "acute": SIGNS["akut"], "accent grave": SIGNS["gravis"], "grave": SIGNS["gravis"], "kringel": SIGNS["ring"],
    "circumflex": SIGNS["zirkumflex"], "dach": SIGNS["zirkumflex"], "caron": SIGNS["hatschek"], "haken": SIGNS["hatschek"], "haekchen": SIGNS["hatschek"], "hacek": SIGNS["hatschek"],
    "strich durch": SLASH, "querstrich": SLASH, "line through": SLASH,
    "slash": SLASH, "schraegstrich": SLASH, "ogonek": {"a": "ą", "e": "ę"}, "schwaenzchen": {"a": "ą", "e": "ę", "c": "ç", "s": "ş"},
    "doppelpunkt": SIGNS["umlaut"], "trema": DOTS,
}  # fmt: skip
