"""The demo companies: branches, staff, services and accounts. All phone numbers are reserved for fiction."""

# ruff: noqa: E501  (tables are read by column)

from app.demo.schema import DemoBranch, DemoCompany, DemoUser, parse_services, parse_staff, parse_week

LINDGREN = DemoCompany(
    slug="salon-lindgren",
    name="Salon Lindgren",
    industry="hair_salon",
    agent="Lena",
    greeting="Salon Lindgren, {branch}, hier ist Lena. Was kann ich für Sie tun?",
    services=parse_services(
        """
        cut_women   | Damenschnitt       | 45  | 58  |       | Schnitt | einen Damenschnitt     | a ladies' cut       |
        cut_men     | Herrenschnitt      | 30  | 34  |       | Schnitt | einen Herrenschnitt    | a men's cut         | Haarschnitt Herren
        cut_machine | Maschinenschnitt   | 20  | 19  |       | Schnitt | einen Maschinenschnitt | a clipper cut       |
        cut_child   | Kinderschnitt      | 30  | 22  |       | Schnitt | einen Kinderschnitt    | a children's cut    |
        blow_dry    | Waschen und Föhnen | 30  | 32  |       | Styling | Waschen und Föhnen     | a wash and blow-dry | Föhnen
        colour      | Ansatzfarbe        | 90  | 79  | 30+35 | Farbe   | eine Ansatzfarbe       | a root touch-up     | Färben, Ansatz nachfärben
        balayage    | Balayage           | 150 | 169 | 60+40 | Farbe   | eine Balayage          | a balayage          | Strähnchen, Strähnen
        """
    ),
    branches=(
        DemoBranch(
            slug="mitte",
            name="Berlin-Mitte",
            spoken="Berlin-Mitte",
            street="Linienstraße 214",
            postcode="10119",
            city="Berlin",
            state="BE",
            number="+493023125100",
            strangers="+4930231257",
            hours=parse_week(tu="9-19", we="9-19", th="9-20", fr="9-19", sa="9-16"),
            staff=parse_staff(
                """
                mara  | Mara Lindgren | Mara  | cut_women cut_men colour balayage blow_dry   |
                aylin | Aylin Demir   | Aylin | cut_women colour balayage blow_dry cut_child | we
                tom   | Tom Weber     | Tom   | cut_men cut_machine cut_child cut_women      | sa
                jonas | Jonas Kaya    | Jonas | cut_men cut_machine cut_women blow_dry       | tu
                """
            ),
        ),
        DemoBranch(
            slug="pankow",
            name="Berlin-Pankow",
            spoken="Berlin-Pankow",
            street="Florastraße 78",
            postcode="13187",
            city="Berlin",
            state="BE",
            number="+493023125101",
            strangers="+4930231258",
            hours=parse_week(tu="10-18:30", we="10-18:30", th="10-19", fr="10-18:30", sa="9-14"),
            staff=parse_staff(
                """
                svenja | Svenja Marquardt | Svenja | cut_women cut_men colour balayage blow_dry |
                nele   | Nele Hofmann     | Nele   | cut_women cut_child blow_dry colour        | fr
                emre   | Emre Yıldız      | Emre   | cut_men cut_machine cut_child              | we
                """
            ),
        ),
    ),
    users=(
        DemoUser("owner@salon-lindgren.example", "Mara Lindgren", "owner"),
        DemoUser("frontdesk@salon-lindgren.example", "Femke Arndt", "front_desk"),
        DemoUser("manager@salon-lindgren.example", "Aylin Demir", "manager"),
        DemoUser("pankow@salon-lindgren.example", "Svenja Marquardt", "front_desk", ("pankow",)),
        DemoUser("team@salon-lindgren.example", "Tom Weber", "staff", ("mitte",), staff="Tom Weber"),
        DemoUser("books@salon-lindgren.example", "Ines Kolb", "read_only"),
    ),
    families={
        "+491713920050": ("Svea Thomsen", "Ole Thomsen", "Ida Thomsen"),
        "+491713920051": ("Katrin Ebers", "Jan Ebers", "Mia Ebers"),
        "+491713920052": ("Lars Ostermann", "Friederike Ostermann"),
        "+491713920053": ("Malte Brüning", "Sophie Brüning", "Paul Brüning"),
        "+491713920054": ("Marlene Fuchs", "Gero Fuchs"),
        "+491713920055": ("Jutta Behrens", "Hannes Behrens", "Charlotte Behrens"),
        "+491713920056": ("Yasemin Öztürk", "Deniz Öztürk", "Elif Öztürk"),
        "+491713920057": ("Claire Bennett", "Simon Bennett"),
    },
    english=("Claire Bennett", "Simon Bennett"),
)

MORGENSTERN = DemoCompany(
    slug="praxis-morgenstern",
    name="Praxis Dr. Morgenstern",
    industry="medical_practice",
    agent="Clara",
    greeting="Praxis Doktor Morgenstern, guten Tag, hier ist Clara. Worum geht es?",
    services=parse_services(
        """
        consultation | Sprechstunde       | 15 | 0 |  | Sprechstunde | einen Termin beim Arzt              | a consultation       | Arzttermin
        check_up     | Gesundheits-Check  | 45 | 0 |  | Vorsorge     | einen Gesundheits-Check             | a health check       | Check-up, Vorsorge
        blood        | Blutabnahme        | 10 | 0 |  | Labor        | einen Termin zur Blutabnahme        | a blood test         | Blut abnehmen
        vaccination  | Impfung            | 10 | 0 |  | Vorsorge     | einen Termin zur Impfung            | a vaccination        | Grippeimpfung
        skin         | Hautkrebs-Vorsorge | 20 | 0 |  | Vorsorge     | einen Termin zur Hautkrebs-Vorsorge | a skin screening     | Hautscreening
        findings     | Befundbesprechung  | 15 | 0 |  | Sprechstunde | einen Termin zur Befundbesprechung  | a talk about results | Laborwerte
        """
    ),
    branches=(
        DemoBranch(
            slug="muenchen",
            name="München",
            spoken="München",
            street="Hohenzollernstraße 131",
            postcode="80796",
            city="München",
            state="BY",
            number="+498999998200",
            strangers="+4989999987",
            hours=parse_week(mo="8-12 14-18", tu="8-12 14-18", we="8-13", th="8-12 15-19", fr="8-13"),
            staff=parse_staff(
                """
                morgenstern | Dr. Judith Morgenstern | Frau Doktor Morgenstern | consultation check_up skin findings |
                adler       | Dr. Paul Adler         | Herrn Doktor Adler      | consultation check_up findings      | we
                roth        | Sabine Roth            | Frau Roth               | blood vaccination                   |
                """
            ),
        ),
    ),
    users=(DemoUser("owner@praxis-morgenstern.example", "Judith Morgenstern", "owner"),),
    families={
        "+491713920058": ("Alois Huber", "Theresia Huber"),
        "+491713920059": ("Beatrix Lang", "Korbinian Lang", "Veronika Lang"),
        "+491713920060": ("Dragan Petrović", "Mila Petrović"),
        "+491713920061": ("Gisela Neumayr",),
        "+491713920062": ("Anna Stadler", "Xaver Stadler"),
        "+491713920063": ("Owen Hughes",),
    },
    english=("Owen Hughes",),
)

KRUSE = DemoCompany(
    slug="werkstatt-kruse",
    name="Werkstatt Kruse",
    industry="garage",
    agent="Jette",
    greeting="Moin, Werkstatt Kruse in {branch}, hier ist Jette. Was liegt an?",
    services=parse_services(
        """
        inspection | Inspektion        | 90 | 189 |  | Wartung | einen Termin zur Inspektion        | a service             | Durchsicht
        oil        | Ölwechsel         | 45 | 99  |  | Wartung | einen Ölwechsel                    | an oil change         |
        tyres      | Radwechsel        | 30 | 45  |  | Räder   | einen Termin zum Radwechsel        | a tyre change         | Reifenwechsel
        mot        | Hauptuntersuchung | 60 | 159 |  | Prüfung | einen Termin zur Hauptuntersuchung | the safety inspection | TÜV, HU
        brakes     | Bremsenprüfung    | 45 | 39  |  | Prüfung | eine Bremsenprüfung                | a brake check         | Bremsen
        air        | Klimaservice      | 60 | 119 |  | Wartung | einen Klimaservice                 | an air-con service    | Klimaanlage
        diagnosis  | Fehlersuche       | 60 | 89  |  | Prüfung | einen Termin zur Fehlersuche       | a diagnosis           | Motorlampe
        """
    ),
    branches=(
        DemoBranch(
            slug="altona",
            name="Hamburg-Altona",
            spoken="Altona",
            street="Stresemannstraße 360",
            postcode="22761",
            city="Hamburg",
            state="HH",
            number="+494066969300",
            strangers="+4940669697",
            hours=parse_week(mo="7:30-17", tu="7:30-17", we="7:30-17", th="7:30-17", fr="7:30-15", sa="9-12"),
            staff=parse_staff(
                """
                henning | Henning Kruse | Henning Kruse | inspection mot diagnosis brakes oil | sa
                malik   | Malik Osei    | Malik Osei    | inspection oil tyres brakes air     |
                """
            ),
        ),
        DemoBranch(
            slug="wandsbek",
            name="Hamburg-Wandsbek",
            spoken="Wandsbek",
            street="Walddörferstraße 171",
            postcode="22047",
            city="Hamburg",
            state="HH",
            number="+494066969301",
            strangers="+4940669698",
            hours=parse_week(mo="8-17", tu="8-17", we="8-17", th="8-18", fr="8-15"),
            staff=parse_staff(
                """
                birte  | Birte Jansen | Birte Jansen | inspection mot diagnosis brakes air |
                dennis | Dennis Pohl  | Dennis Pohl  | oil tyres brakes inspection         | mo
                """
            ),
        ),
    ),
    users=(DemoUser("owner@werkstatt-kruse.example", "Henning Kruse", "owner"),),
    families={
        "+491713920064": ("Fiete Petersen", "Wiebke Petersen"),
        "+491713920065": ("Rashid Haidari",),
        "+491713920066": ("Inga Möller", "Arne Möller"),
        "+491713920067": ("Karl-Heinz Brodersen",),
        "+491713920068": ("Julia Santos", "Mateus Santos"),
        "+491713920069": ("Grace Okafor",),
    },
    english=("Grace Okafor",),
)

# whose calls the salon does not take
BLOCKED_CALLER = "+493023125666"
COMPANIES = (LINDGREN, MORGENSTERN, KRUSE)
SUPPORT = DemoUser("support@askproai.example", "Rieke Sommer", "support")
