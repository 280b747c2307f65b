"""Which holidays below the level of a federal state a municipality observes, as far as it is known or set."""

from collections.abc import Sequence

from app.domain.companies.slugs import fold_name
from app.domain.scheduling.holidays import LOCAL_HOLIDAYS_BY_STATE, HolidayRegion

# Bayerisches Landesamt für Statistik, after the census of 2011 (Art. 1 Abs. 3 BayFTG): five of the eight largest cities, and all
# municipalities of Upper and Lower Bavaria, of which the larger towns are named here.
WITH_ASSUMPTION = (
    "Augsburg", "Ingolstadt", "München", "Munich", "Regensburg", "Würzburg",
    "Altötting", "Bad Reichenhall", "Bad Tölz", "Burghausen", "Dachau", "Erding", "Freising", "Fürstenfeldbruck",
    "Garmisch-Partenkirchen", "Germering", "Landsberg am Lech", "Mühldorf am Inn", "Neuburg an der Donau", "Pfaffenhofen an der Ilm",
    "Rosenheim", "Starnberg", "Traunstein", "Unterschleißheim", "Waldkraiburg", "Weilheim in Oberbayern",
    "Deggendorf", "Dingolfing", "Kelheim", "Landshut", "Passau", "Straubing", "Vilshofen an der Donau",
)  # fmt: skip
WITHOUT_ASSUMPTION = ("Erlangen", "Fürth", "Nürnberg", "Nuremberg")
# Art. 1 Abs. 2 BayFTG: in the city of Augsburg
WITH_PEACE_FESTIVAL = ("Augsburg",)
# Saxony's Fronleichnamsverordnung lists them all; of the second ones only some districts observe it
SAXON_CORPUS_CHRISTI = (
    "Crostwitz", "Nebelschütz", "Panschwitz-Kuckau", "Puschwitz", "Räckelwitz", "Radibor", "Ralbitz-Rosenthal", "Wittichenau"
)  # fmt: skip
SAXON_DISTRICTS = ("Bautzen", "Göda", "Großdubrau", "Hoyerswerda", "Königswartha", "Neschwitz")
# § 2 Abs. 2 ThürFtG: the district of Eichsfeld, of which the towns are named here, and municipalities around it
THURINGIAN_CORPUS_CHRISTI = ("Dingelstädt", "Geisa", "Heilbad Heiligenstadt", "Heiligenstadt", "Leinefelde-Worbis")


def get_holiday_region(country: str, state: str | None, city: str | None, chosen: Sequence[str] | None = None) -> HolidayRegion:
    """Get the region whose holidays apply; `chosen` are the keys that the business has set, None: what is known of the city.

    What is neither set nor known does not apply.
    """
    keys = LOCAL_HOLIDAYS_BY_STATE.get(state or "", ()) if country == "DE" else ()
    local = (key for key in keys if (is_observed(key, state, city) if chosen is None else key in chosen))
    return HolidayRegion(country, state, tuple(local))


def is_observed(key: str, state: str | None, city: str | None) -> bool | None:
    """Whether this city observes the local holiday; None where it is not known."""
    name = fold_name(city) if city and city.strip() else ""
    if not name:
        return None
    match key, state:
        case "peace_festival", "BY":
            return name in _fold(WITH_PEACE_FESTIVAL)
        case "assumption", "BY":
            return True if name in _fold(WITH_ASSUMPTION) else False if name in _fold(WITHOUT_ASSUMPTION) else None
        case "corpus_christi", "SN":
            return None if name in _fold(SAXON_DISTRICTS) else name in _fold(SAXON_CORPUS_CHRISTI)
        case "corpus_christi", "TH":
            return True if name in _fold(THURINGIAN_CORPUS_CHRISTI) else None
    return None


def _fold(names: tuple[str, ...]) -> set[str]:
    return {fold_name(name) for name in names}
