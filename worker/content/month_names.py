"""What months and weekdays are called: in English, and in the languages whose words are unlike.

A word that is one month in one language and another in the next (``listopad``) is in no list. Names
are compared without their accents, for many keyboards lack them.
"""

import unicodedata
from collections.abc import Mapping

from dateutil.parser import parserinfo

_ENGLISH = parserinfo()

_MONTHS = (
    "januar janner janvier enero janeiro gennaio januari janv ene gen styczen stycznia leden ledna "
    "январь января ocak tammikuu tammikuuta",
    "februar feber fevrier febrero fevereiro febbraio februari fevr feb luty lutego unor unora "
    "февраль февраля subat helmikuu helmikuuta",
    "marz maerz mars marzo marco maart mrz mrt marzec marca brezen brezna март марта mart marcius "
    "maaliskuu maaliskuuta",
    "april avril abril aprile avr abr kwiecien kwietnia duben dubna апрель апреля nisan aprilis "
    "huhtikuu huhtikuuta",
    "mai mayo maio maggio mei maj maja kveten kvetna май мая mayis majus toukokuu toukokuuta",
    "juni juin junio junho giugno czerwiec czerwca cerven cervna июнь июня haziran junius kesakuu "
    "kesakuuta",
    "juli juillet julio julho luglio juil lipiec lipca cervenec cervence июль июля temmuz julius "
    "heinakuu heinakuuta",
    "august aout agosto augustus augusti sierpien sierpnia srpen srpna август августа agustos "
    "augusztus elokuu elokuuta",
    "septembre septiembre setembro settembre wrzesien wrzesnia zari сентябрь сентября eylul "
    "szeptember syyskuu syyskuuta",
    "oktober octobre octubre outubro ottobre okt pazdziernik pazdziernika rijen rijna октябрь "
    "октября ekim lokakuu lokakuuta",
    "novembre noviembre novembro listopada listopadu ноябрь ноября kasim marraskuu marraskuuta",
    "dezember decembre diciembre dezembro dicembre dez dec dic grudzien grudnia prosinec prosince "
    "декабрь декабря aralik joulukuu joulukuuta",
)
_WEEKDAYS = (
    "montag lundi lunes lunedi maandag segunda mandag mandag poniedzialek понедельник",
    "dienstag mardi martes martedi dinsdag terca tirsdag tisdag wtorek вторник",
    "mittwoch mercredi miercoles mercoledi woensdag quarta onsdag sroda среда",
    "donnerstag jeudi jueves giovedi donderdag quinta torsdag czwartek четверг",
    "freitag vendredi viernes venerdi vrijdag sexta fredag piatek пятница",
    "samstag sonnabend samedi sabado sabato zaterdag lordag lordag sobota суббота",
    "sonntag dimanche domingo domenica zondag sondag niedziela воскресенье",
)


_STROKES = str.maketrans({"\u0142": "l", "\u00f8": "o", "\u0131": "i"})
"""Letters that are not written as another one with an accent."""


def _without_accents(word: str) -> str:
    apart = unicodedata.normalize("NFD", word.casefold())
    kept = "".join(one for one in apart if unicodedata.category(one) != "Mn")
    return kept.translate(_STROKES)


def _numbered(names: tuple[str, ...], first: int) -> Mapping[str, int]:
    return {
        _without_accents(word): number
        for number, words in enumerate(names, first)
        for word in words.split()
    }


_MONTH_OF, _WEEKDAY_OF = _numbered(_MONTHS, 1), _numbered(_WEEKDAYS, 0)


def month(word: str) -> int | None:
    """Give the month, from 1, that a word in lower case names; None where it names none."""
    return _ENGLISH.month(word) or _MONTH_OF.get(_without_accents(word))


def weekday(word: str) -> int | None:
    """Give the weekday, from Monday as 0, that a word names; None where it names none."""
    known: int | None = _ENGLISH.weekday(word)
    return _WEEKDAY_OF.get(_without_accents(word)) if known is None else known
