"""Conversations that any business has: short, silent, wrong and unwanted ones."""

# ruff: noqa: E501  (a sentence is a line)
DIALOGUES = """
## hung_up | 4 | unknown
A {greeting}
= Aufgelegt, ohne etwas zu sagen.

## hung_up | 2 | unknown
A {greeting}
C Oh, äh, InstantOrDay …
A Ich bin noch da. Was kann ich für Sie tun?
= Aufgelegt, bevor klar wurde, worum es ging.

## voicemail | 3 | unknown
A {greeting}
C Guten Tag. Dies ist eine automatische Ansage. Der gewünschte Gesprächspartner ist zurzeit nicht erreichbar. Bitte versuchen Sie es später noch einmal.
= Am anderen Ende war eine automatische Ansage.

## unknown | 3 | neutral
A {greeting}
C Hallo? Ist da die Pizzeria Napoli?
A Nein, hier ist {business}. Da haben Sie sich wohl verwählt.
C Oh, Entschuldigung.
A Kein Problem, auf Wiederhören.
= Verwählt.

## unknown | 3 | neutral
A {greeting}
C Guten Tag, mein Name ist {name} von der Energieberatung. Spreche ich mit der Geschäftsführung? Sie zahlen nämlich zu viel für Ihren Strom.
A Für Werbung bin ich nicht die Richtige. Schreiben Sie bitte eine E-Mail, wenn es wichtig ist.
C Es dauert nur zwei Minuten …
A Ich beende das Gespräch jetzt. Auf Wiederhören.
= Werbeanruf eines Stromvermittlers, freundlich beendet.
"""
