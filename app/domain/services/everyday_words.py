"""What callers of a trade say for what a catalogue calls by another name: by industry, the thing and the words for it.

The words count only where the company offers the thing, and beside its own synonyms.
"""

_WORDS = {
    "garage": {
        "Radwechsel": """
            Winterreifen, Sommerreifen, Ganzjahresreifen, Allwetterreifen, Winterräder, Sommerräder, Reifen, Reifen
            wechseln, Reifen aufziehen, Reifen umziehen, Räder umstecken, Räder wechseln, Räder tauschen, Räder
            umschrauben, umbereifen, Umbereifung, Schlappen wechseln, winter tyres, winter tires, summer tyres, summer
            tires, snow tyres, snow tires, tyre swap, tire swap, tyre change, tire change, swap wheels, change tyres,
            change tires
        """,
        "Hauptuntersuchung": """
            TÜV, TÜV neu, HU, AU, HU und AU, HU/AU, neuer TÜV, neue Plakette, TÜV-Plakette, Plakette,
            Abgasuntersuchung, Hauptuntersuchung, Dekra, MOT, MOT test
        """,
        "Ölwechsel": """
            Öl, Motoröl, frisches Öl, Öl und Filter, Ölservice, Motoröl wechseln, Öl wechseln, oil, oil service,
            engine oil
        """,
        "Bremsenprüfung": """
            Bremse, Bremsen quietschen, Bremsbeläge, Bremsklötze, Bremsscheiben, Bremsencheck, quietschende Bremsen,
            squeaky brakes, squealing brakes, brake pads, brake discs, brakes squeak
        """,
        "Klimaservice": """
            Klima, Klimaanlage befüllen, Klimacheck, Klimaanlage auffüllen, Klimaanlage kühlt nicht, Klimawartung, air
            con, aircon, AC regas, air con regas
        """,
        "Inspektion": """
            Kundendienst, Service, Jahresinspektion, Durchsicht, Wartung, Scheckheft, car service, full service,
            annual service, check over
        """,
        "Fehlersuche": """
            Motorlampe, Motorkontrollleuchte, Motorkontrolllampe, Kontrollleuchte, Warnleuchte, Warnlampe,
            Fehlerspeicher, Fehlerspeicher auslesen, Fehler auslesen, komische Geräusche, seltsame Geräusche,
            klappert, klopft, ruckelt, springt nicht an, Batterie, Batterie prüfen, Batterie leer, Batterie tot, Auto
            tot, Auto ist tot, springt nimmer an, fährt nicht mehr, geht nicht, geht nicht mehr, geht nicht zu,
            funktioniert nicht, kaputt, defekt, Anlasser, Lichtmaschine, Blinker, Blinker kaputt, Scheinwerfer,
            Rücklicht, Licht kaputt, does not work, doesn't work, broken, battery, flat battery, dead battery,
            starter, alternator, indicator, headlight, engine light, check engine light, warning light, fault code,
            strange noise, weird noise, rattling, rattle, won't start, diagnostics
        """,
    },
    "hair_salon": {
        "Strähnen": "Strähnchen, Foliensträhnen, Highlights, Lowlights, foils, streaks",
        "Ansatzfarbe": """
            Ansatz, Ansatz färben, Ansatz nachfärben, Ansatz machen, Ansätze, Haaransatz, graue Ansätze, roots, roots
            done, root touch-up
        """,
        "Farbe": """
            Färben, Haare färben, Haarfarbe, Grau abdecken, Coloration, Tönung, hair colour, hair color, dye my hair,
            colour, dye
        """,
        "Waschen und Föhnen": "Föhnen, Waschen, Styling, Haare föhnen, blow-dry, blowout, wash and blow-dry, wash and style",
        "Schnitt": """
            Haare schneiden, Haarschnitt, Schneiden, Spitzen schneiden, Spitzen, Pony schneiden, Nachschneiden,
            haircut, trim, hair cut, ends trimmed
        """,
    },
    "medical_practice": {
        "Sprechstunde": """
            Erkältung, erkältet, Husten, Schnupfen, Halsschmerzen, Halsweh, Grippe, grippaler Infekt, Fieber,
            Ohrenschmerzen, Rückenschmerzen, Bauchschmerzen, krank, Krankschreibung, krankschreiben, Arzttermin, Arzt,
            Ärztin, Doktor, Frau Doktor, Herr Doktor, Hausarzt, Untersuchung, Termin beim Arzt, zum Doktor, was
            Dringendes, dringend, Akuttermin, Notfalltermin, something urgent, urgent appointment, cold, bad cold,
            cough, sore throat, flu, fever, earache, back pain, sick note, doctor's appointment, see the doctor,
            doctor, GP
        """,
        "Blutabnahme": """
            Blut, Blut abnehmen, Blutentnahme, Blutbild, Bluttest, Blut ziehen, blood, blood test, bloods, blood work,
            blood drawn
        """,
        "Impfung": """
            Impfen, geimpft, Spritze, Auffrischung, Auffrischimpfung, Grippeimpfung, Grippespritze, Grippe Spritze,
            Zeckenimpfung, FSME, Coronaimpfung, Tetanus, Booster, jab, flu shot, flu jab, flu vaccine, shot, booster,
            injection
        """,
        "Gesundheits-Check": """
            Check-up, Vorsorge, Vorsorgeuntersuchung, Gesundheitscheck, durchchecken, check-up, physical, health
            check, full check
        """,
        "Hautkrebs-Vorsorge": """
            Muttermal, Muttermale, Leberfleck, Leberflecken, Hautkrebs, Hautkrebsscreening, Hautscreening, mole,
            moles, mole check, skin check
        """,
        "Befundbesprechung": """
            Befund, Befunde, Laborwerte, Blutwerte, Ergebnisse, Ergebnisse besprechen, Werte besprechen, results, test
            results, lab results
        """,
    },
}
EVERYDAY_WORDS = {
    industry: {thing: tuple(" ".join(word.split()) for word in words.split(",")) for thing, words in things.items()}
    for industry, things in _WORDS.items()
}
