"""Recognizes requests for a person that refuse nothing: "Kann ich bitte mit der Chefin sprechen?"

The classifier takes many such requests for a refusal of the AI. These patterns cover only certain requests;
any contrast of person and machine is left to the classifier.
"""

import re

from app.domain.privacy.refusal_vocabulary import TOPICS, compile_any

# a longer turn contains more than the request
MAX_WORDS = 40
# a specific person or role
SPECIFIC_PERSON = compile_any(
    r"\b(?:frau|herrn?|fräulein|doktor|dr\.?|mr|mrs|ms|miss) [a-zäöüß]\w+",
    r"\b(?:chef|meister|inhaber|geschäftsführer|filialleiter|leiter|berater|sachbearbeiter|techniker|monteur|verkäufer|arzt|ärzt|doktor|"
    r"anwalt|anwält|notar|trainer|therapeut)(?:in|en|innen|e|s)?\b",
    r"\b(?:buchhaltung|anmeldung|rezeption|personalabteilung|abteilung|sekretariat|zentrale|kasse|geschäftsleitung)\b",
    r"\b(?:manager|owner|boss|doctor|nurse|dentist|vet|lawyer|mechanic|reception|front desk|accounts|billing|accounting)\b",
)
# any person, also requested by callers who refuse the AI
ANY_PERSON = compile_any(
    r"\b(?:mensch(?:en)?|person|jemand(?:en|em)?|mitarbeiter(?:in|n)?|kolleg(?:e|en|in)|ansprechpartner(?:in)?|personal)\b",
    r"\b(?:human|person|somebody|someone|anybody|anyone|colleague|staff|employee|representative|team)\b",
)
_POLITE = r"(?:bitte |mal |vielleicht |denn |da |eben |kurz |auch |please |maybe |just )*"
QUESTION = compile_any(
    rf"\b(?:kann|könnte|könnt|dürfte|darf|dürft) (?:ich|i) {_POLITE}",
    rf"\b(?:können|könnten|würden) sie (?:mich|mir) {_POLITE}",
    r"\b(?:wäre|ist) es (?:wohl |vielleicht )?möglich\b",
    r"\b(?:ist|wäre|gibt es|mit wem|wer|wann|haben sie)\b.*\b(?:ich|mich|mir|da|erreich\w*|zu sprechen)\b",
    r"\b(?:can|could|may|might) (?:i|you|we)\b",
    r"\b(?:is there|would it be possible)\b",
)
REQUEST_WORDS = compile_any(
    r"\bich (?:möchte|müsste|muss|würde|wollte|will|hätte|bräuchte|brauche)\b",
    r"\b(?:verbinden|stellen|geben|holen) sie (?:mich|mir)\b",
    r"\b(?:sagen|richten) sie\b",
    r"\bi (?:would like|want|need|have) to\b",
    r"\b(?:put me through|connect me|transfer me)\b",
)
TALK = compile_any(
    r"\b(?:sprechen|gesprochen|reden|bereden|besprechen|telefonieren|verbinden|verbunden|weiterverb\w+|durchstell\w+|durchgestellt|dranhaben)\b",
    r"\b(?:zurückrufen|zurückruf|rückruf|anrufen|erreiche|erreichen|ans telefon|an den apparat|melden)\b",
    r"\b(?:talk|speak|call|ring|put me through|connect|transfer|get hold)\b",
)
MATTER = compile_any(
    r"\b(?:wegen|bezüglich|betreffend|es geht um|geht es um|handelt sich um|zum thema)\b",
    r"\b(?:über|zu|zum) (?:mein\w*|unser\w*|de[mnr]|die|das|eine[mnrs]?)\b",
    r"\b(?:about|regarding|concerning|to do with)\b",
)
# A person instead of the machine: the request may be a refusal.
INSTEAD = compile_any(
    r"\b(?:nicht\w*|net|ned|nix|nie\w*|kein\w*|koa\w*|nein|nee|nö|ohne|statt\w*|anstatt|anstelle|sondern|weder|ungern|weg|sonst|entweder)\b",
    r"\b(?:no|nope|not|none|\w+n't|cannot|never|without|instead|rather|prefer\w*|neither|unless|otherwise|either)\b",
    r"\b(?:lieber|besser|eher|nur|bloß|ausschließlich|einzig|allein|dann|aber|doch|endlich)\b",
    r"\b(?:wirklich|selber|selbst|persönlich\w*|schon wieder)\b",
    r"\b(?:only|just|but|then|actual\w*|really|herself|himself|directly|proper|better|finally|again)\b",
    r"\b(?:echt\w*|richtig\w*|leibhaftig\w*|lebend\w*|lebendig\w*|menschlich\w*|gscheit\w*|fleisch|blut|puls|real|live|alive|living|breathing|flesh)\b",
    r"\b(?:ki|k\.|ai|a\.|künstlich\w*|artificial|intelligen\w*|robo\w*|bots?|chatbot\w*|computer\w*|maschine\w*|automat\w*|apparat\w+)\b",
    r"\b(?:blech\w*|kasten|kastl|dose|ding\w*|glump|programm\w*|software|modell\w*|rechner\w*|digital\w*|virtu\w*|assistent\w*|stimme\w*|band|ansage\w*)\b",
    r"\b(?:machine\w*|program\w*|device|gadget\w*|thing\w*|tin|assistant|automated|voice|model|tech\w*|system\w*)\b",
    r"\b(?:aufn\w*|aufg\w*|aufz\w*|mits\w*|mitg\w*|mitz\w*|speicher\w*|gespeichert|lösch\w*|daten\w*|notier\w*|schreib\w*|protokoll\w*|transkri\w*)\b",
    r"\b(?:record\w*|tap(?:e|ed|ing)|transcri\w*|sav(?:e|ed|ing)|stor(?:e|ed|ing)|delet\w*|data|privacy|consent\w*|object\w*|opt)\b",
    r"\b(?:aufhör\w*|auflegen|leg\w*|stopp?|schluss|widersp\w*|ablehn\w*|weiger\w*|verlang\w*|einverstanden|zustimm\w*|recht|darauf)\b",
    r"\b(?:unheimlich|unwohl|angst|nerv\w*|versteh\w*|verstand\w*|geduld\w*|kapier\w*|schwerhörig\w*|hörgerät\w*|hasse?|mag|quatsch|blöd\w*)\b",
    r"\b(?:hang\w*|refuse\w*|hate|creep\w*|understand\w*|hearing|deaf|patien(?:t with|ce)|nonsense|stupid|enough|comfortable|fed up)\b",
    r"\b(?:altmodisch\w*|alte schule|graut|trau\w*|vertrau\w*|modern\w*|old[- ]fashioned|old school|trust\w*)\b",
    r"\b(?:sind sie|bist du|sie sind|are you|you are|hin oder her|egal|mensch(?:en)? und|von mensch)\b",
)
# after such an offer the request is an answer
OFFERS = compile_any(
    ANY_PERSON.pattern, TOPICS["ai"].pattern, r"\b(?:assisten\w+|rückruf|lieber|rather|prefer|weiterverbind\w*|verbinden)\b"
)


def is_person_request(agent_text: str, sentence: str) -> bool:
    """Check for a plain request for a person; both texts folded, `agent_text` are the agent's preceding words."""
    if len(sentence.split()) > MAX_WORDS or INSTEAD.search(sentence) or _is_person_offered(agent_text):
        return False
    if SPECIFIC_PERSON.search(sentence):
        return (QUESTION.search(sentence) or REQUEST_WORDS.search(sentence)) is not None
    if not ANY_PERSON.search(sentence):
        return False
    framed = TALK if QUESTION.search(sentence) else MATTER if REQUEST_WORDS.search(sentence) else None
    return framed is not None and framed.search(sentence) is not None


def _is_person_offered(agent_text: str) -> bool:
    """Check whether the agent's last question offered a person."""
    last = re.findall(r"[^.!?]+[.!?]*", agent_text)[-1:]
    return bool(last) and last[0].rstrip().endswith("?") and OFFERS.search(last[0]) is not None
