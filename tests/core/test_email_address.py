"""E-mail addresses: one address that can be reached, in the form in which it is stored and in the one that SMTP is given."""

from email import message_from_bytes, policy
from email.message import EmailMessage

from app.core.email_address import format_address, normalise, to_ascii
from tests.support.tables import each_row


@each_row(
    "typed, stored",
    [
        ("w@t.example", "w@t.example"), ("  W.Tiedemann@GMX.de ", "w.tiedemann@gmx.de"),
        ("o'brien+salon@mail.co.uk", "o'brien+salon@mail.co.uk"),
        ("info@müller-friseur.example", "info@müller-friseur.example"), ("INFO@MÜLLER-FRISEUR.example", "info@müller-friseur.example"),
        ("info@xn--mller-friseur-wob.example", "info@müller-friseur.example"), ("kasse@straße.example", "kasse@straße.example"),
        ("info@mu\u0308ller-friseur.example", "info@müller-friseur.example"),
    ],
)  # fmt: skip
def test_one_address_is_stored_in_one_form(typed: str, stored: str) -> None:
    assert normalise(typed) == stored


@each_row(
    "typed",
    [
        # lists of addresses (RFC 5322, 3.4)
        "a@b.example,c@d.example", "a@b.example;c@d.example", "a@b.example, c@d.example", "a@b.example c@d.example", "a@b@c.example",
        "a,b@c.example", "Team: a@b.example, c@d.example;", "a@b.example,", "a@b.example\nc@d.example",
        # more than the address, or less
        "Wiebke <w@t.example>", "w@t.example (Wiebke)", "<w@t.example>", "mailto:w@t.example", '"w t"@t.example', "", "@", "w@",
        "@t.example", "w@t", "w@localhost", "w@[127.0.0.1]", "w@t.e", "w..t@t.example", ".w@t.example",
        "w@-t.example", "w@t..example", "w\x00@t.example",
        "w t@t.example", "müller@gmx.de", f"{'w' * 65}@t.example", f"w@{'t' * 64}.example", f"w@{'t.' * 100}example", "\ud800@t.example",
    ],
)  # fmt: skip
def test_what_is_not_one_address_is_none(typed: str) -> None:
    assert normalise(typed) is None


@each_row(
    "stored, sent",
    [
        ("w@t.example", "w@t.example"), ("info@müller-friseur.example", "info@xn--mller-friseur-wob.example"),
        ("kasse@straße.example", "kasse@xn--strae-oqa.example"), ("a@b.example,c@d.example", None), ("müller@gmx.de", None),
    ],
)  # fmt: skip
def test_the_domain_is_sent_in_its_ascii_form(stored: str, sent: str | None) -> None:
    assert to_ascii(stored) == sent


@each_row(
    "name, shown",
    [
        ("Salon Lindgren", "Salon Lindgren"), ("Frisör Müßig", "Frisör Müßig"), ("Salon\r\nBcc: x@y.example", "Salon Bcc: x@y.example"),
        ("Müller\r\nBcc: x@y.example", "Müller Bcc x y.example"), ("Ä <x@y.example>, b", "Ä x y.example b"),
        ('"a" <x@y.example>, b', '"a" <x@y.example>, b'), ("\x00", ""),
        ("u" * 200, "u" * 80),
    ],
)  # fmt: skip
def test_a_name_is_one_name_and_nothing_else_of_a_mail(name: str, shown: str) -> None:
    mail = EmailMessage()
    mail["From"] = format_address(name, "termine@t.example")
    (sender,) = message_from_bytes(mail.as_bytes(), policy=policy.default)["From"].addresses
    assert (sender.addr_spec, sender.display_name) == ("termine@t.example", shown)
