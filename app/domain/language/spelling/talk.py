"""Words with which people talk around a spelling, or about it: they are understood or make a question, and are never part of a text."""

# ruff: noqa: E501  (tables of words)

from app.domain.language.parsed_time import Language
from app.domain.language.spelling.alphabets import CODE_WORDS, LETTER_NAMES
from app.domain.language.spelling.word_lists import phrase_set, word_set

# all folded; a clause of these alone says nothing of the letters
CHATTER: dict[Language, frozenset[str]] = {
    "de": word_set(
        """
        ich du wir ihr sie mir mich uns ihnen ihm ihn euch mein meine meinem meinen meiner meines unser unsere unserem unserer unseren dein
        deine sein seine ist sind war waren bin bist habe hab haben hat hatte haetten haette wird werden wurde wuerde wuerden kann koennen
        koennte will wollte moechte muss muessen soll sollte darf heisse heisst heissen nennt nenne kommt kommen komme kam geht gehen ging
        wohne wohnt wohnen lebe steht stehen stand glaube denke denk meint sage sag sagt sagte gesagt sagen wissen weisst kennen
        kennt kenn verstehen verstanden hoffe schauen gucken mal ja jawohl doch eben auch schon noch hier dort da dann danach jetzt gerade
        immer meistens eigentlich natuerlich genau richtig stimmt bitte danke gern gerne also na ne gell tja hm hmm aeh aehm oeh ehm ach okay
        ok gut super prima klar sicher moin servus wieder nochmal nun denn weil dass damit wenn ob bei aus fuer vom zum zur im in an am von
        einfach ganz normal ueblich uebliche wirklich sehr so sowas etwa mann mutter vater leute man viele schwer leicht komisch seltsam
        kompliziert selten haeufig bekannt lang kurz ein eine einen einem einer eines der die das den dem des dieser diese dieses
        diesen dieser name namen familie ihres ihren ihrem
        """
    ),
    "en": word_set(
        """
        i im ive ill id you your youre we our us he him his she her it its they them their my me mine this that thats these those the an a is
        are was were be been am have has had do does did dont can could will would should shall may might must know think guess suppose
        believe hope mean say said says saying tell told please thanks thank yes yeah yep ok okay well so now then here there just really
        very quite always usually actually basically obviously of course from in on at for to by because as and lets let see hey sure right
        fine odd strange weird unusual funny easy hard difficult common rare long short old new woman man lady gentleman father
        husband wife name names family maiden married one bit er um uh erm hmm people everyone everybody often call called calling speaking
        """
    ),
}
# where a name or a street comes from, and languages
ORIGINS = word_set(
    """
    tuerkisch tuerkischen tuerkische tuerkischer polnisch polnischen polnische polnischer arabisch arabischen arabische arabischer
    vietnamesisch vietnamesischen vietnamesische vietnamesischer italienisch italienischen italienische italienischer franzoesisch
    franzoesischen franzoesische franzoesischer spanisch spanischen spanische spanischer russisch russischen russische russischer
    tschechisch tschechischen tschechische tschechischer griechisch griechischen griechische griechischer englisch englischen englische
    englischer irisch irischer schottisch schottischer niederlaendisch niederlaendischen niederlaendischer hollaendisch hollaendischer daenisch
    daenischer schwedisch schwedischer norwegisch norwegischer finnisch ungarisch ungarischer rumaenisch rumaenischer kroatisch kroatischer
    serbisch serbischer bosnisch bosnischer albanisch albanischer persisch persischer kurdisch kurdischer chinesisch chinesischer japanisch
    koreanisch indisch indischer portugiesisch portugiesischer brasilianisch afrikanisch deutsch deutschen deutsche deutscher ukrainisch
    turkish polish arabic vietnamese italian french spanish russian czech greek english irish scottish welsh dutch danish swedish norwegian
    finnish hungarian romanian croatian serbian bosnian albanian persian iranian kurdish chinese japanese korean indian portuguese brazilian
    african german ukrainian
    """
)
# of a spelling
SPELLING_WORDS: dict[Language, frozenset[str]] = {
    "de": word_set(
        """
        zusammen zusammengeschrieben getrennt getrenntgeschrieben auseinander angehaengt angefuegt drangehaengt dran drangeschrieben direkt
        ziffer ziffern zahl zahlen buchstabe buchstaben wort worte woerter woertern leerzeichen leerstelle pause luecke abstand hinten vorne
        vorn davor dahinter dazwischen mitte anfang schluss geschrieben schreibt schreibe schreiben schreib schreibweise ausgeschrieben
        buchstabiert buchstabiere buchstabieren kleingeschrieben grossgeschrieben kleinbuchstaben grossbuchstaben kleinbuchstabe
        grossbuchstabe umlaut umlaute umlauten akzent akzente accent haekchen sonderzeichen bindestriche bindestrichen name namen
        nachname nachnamen vorname vornamen familienname familiennamen zuname spricht sprechen ausgesprochen gesprochen klingt tafel
        buchstabiertafel alphabet alphabets beide beides beiden alle alles ueberall jeweils oder entweder aber sondern statt anstatt nicht
        kein keine keinen keinem nie ohne mit adresse mailadresse mail email postfach domain anbieter endung kennzeichen nummernschild
        hausnummer nummer erst erste ersten erster zuerst zweite zweiten zweiter zweites letzte letzten letzter letztes naechste naechsten
        naechster vorletzte unverstaendlich irgendwas irgendwie dings etwas rest drangehangen rangehaengt zugehoert oben unten drunter drueber drauf darauf doppelt doppelten
        doppelter einzeln einzelne einzelner einmal zweimal wie als weiches weichem weicher hartes hartem scharfes scharfem langem kurzem
        zeichen gleich gleiche gleichen genauso ebenso eher lieber besser vielleicht ungefaehr manchmal verbunden zusaetzlich
        halt moment sekunde augenblick erstmal hinterher hintendran anschliessend folgend folgt folgen nochmals
        """
    ),
    "en": word_set(
        """
        small capital capitals uppercase lowercase upper lower letter letters number numbers digit digits figure figures word words written
        writing write writes spelled spelt spell spells spelling spaces gap blank hyphenated joined together separate separated apart
        beginning start starts starting middle front ending ends between before after both each every double twice single singles only
        without with not no or either neither but instead except accent accents dots slash umlaut umlauts pronounced sounds silent alphabet
        something someone somewhat rest stuff thing stuck attached tacked added glued first last surname second third next another again address email mail domain plate registration extra
        additional plain normally like all what which where when how sorry wait hyphen dash apostrophe hyphens
        """
    ),
}
# what a description of a name ("wie der Vogel") does not hold
INSTRUCTIONS = word_set(
    """
    pause leerzeichen luecke abstand getrennt zusammen zusammengeschrieben angehaengt dran ziffer ziffern zahl zahlen buchstabe buchstaben wort doppel
    umlaut eszett bindestrich punkt unterstrich at gap space hyphen joined digit digits letter letters double umlaut dot underscore accent
    """
)
# and these are names of people, or words of a street, as well
NAMES_TOO = word_set(
    """
    lang kurz gut klar sicher selten mann vater mutter may will long short good fine hard strange odd rare bit old new woman man
    lady rich young little easy right father way moin servus mal wife sehr leicht komisch normal familie gerade sage sag
    """
)
TALK: dict[Language, frozenset[str]] = {
    language: (CHATTER[language] | ORIGINS | SPELLING_WORDS[language]) - NAMES_TOO for language in ("de", "en")
}
COURTESIES = word_set("bitte danke please thanks stimmt genau richtig")
# these make a clause say something
NEGATIONS = word_set(
    "nicht kein keine keinen keinem nie ohne nein oder or no not without never either entweder statt instead but aber mean"
)
# letters are named so, too
LETTER_LIKE = word_set("i you a are es er see we")
# harmless clauses that hold words of a spelling
_HARMLESS = phrase_set(
    "mehr ist es nicht|mehr nicht|mehr ist das nicht|mehr kommt nicht|mehr kommt da nicht|das wars|das war es|das wars schon|das ist alles"
    "|das ist der ganze name|das ist schon alles|fertig|und fertig|thats all|thats it|thats all of it|that is all|thats everything"
    "|thats the lot|thats the whole name|thats the whole thing|nothing else|nothing more"
    "|wie man es spricht|wie mans spricht|so wie man es spricht|so wie mans spricht|wie gesprochen|wie ausgesprochen|just as it sounds"
    "|as it sounds|the way it sounds|wie es klingt|ich sags langsam|ich sage es langsam|ganz langsam|langsam|ich spreche langsam"
    "|dont ask|fragen sie nicht|nicht wundern|bitte nicht lachen|bitte nicht verwechseln"
)


def is_harmless(words: tuple[str, ...], language: Language) -> bool:
    """Check whether a clause of folded words says nothing of the letters: chatter, where a name comes from, that it is finished."""
    words = tuple(word.replace("'", "") for word in words)
    if words in _HARMLESS:
        return True
    if NEGATIONS & set(words) or not all(word in CHATTER[language] or word in ORIGINS for word in words):
        return False
    letters = [word for word in words if word in LETTER_NAMES[language] or len(word) == 1]
    if letters and words[-1] == letters[-1]:
        # "my name is A"
        return False
    telling = [word for word in words if word not in letters and word not in NAMES_TOO]
    if any(word in CODE_WORDS for word in words) or not LETTER_LIKE.issuperset(letters) or len(telling) < (2 if letters else 1):
        return False
    return len(words) > 1 or words[0] in ORIGINS or words[0] in COURTESIES
