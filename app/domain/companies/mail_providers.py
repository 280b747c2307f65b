"""Mail providers whose servers are known, so that an address and a password are enough to send mails.

The servers are those of the providers' own help pages, with TLS from the first byte (port 465) where it is offered. The user name is the
address at each of them.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MailProvider:
    """`domains`: of its free mailboxes; with a domain of one's own the provider is chosen."""

    key: str
    name: str
    host: str
    port: str
    domains: tuple[str, ...] = ()


MAIL_PROVIDERS = {
    provider.key: provider
    for provider in (
        MailProvider("ionos", "IONOS", "smtp.ionos.de", "465"),
        MailProvider("strato", "Strato", "smtp.strato.de", "465"),
        MailProvider("google", "Gmail, Google Workspace", "smtp.gmail.com", "465", ("gmail.com", "googlemail.com")),
        MailProvider("microsoft", "Microsoft 365", "smtp.office365.com", "587"),
        MailProvider("gmx", "GMX", "mail.gmx.net", "465", ("gmx.de", "gmx.net", "gmx.at", "gmx.ch")),
        MailProvider("web", "WEB.DE", "smtp.web.de", "587", ("web.de",)),
        MailProvider("telekom", "T-Online, Telekom", "securesmtp.t-online.de", "465", ("t-online.de", "magenta.de")),
    )
}


def find_by_address(address: str) -> MailProvider | None:
    """Find whose mailbox this is by the domain of its address."""
    domain = address.rpartition("@")[2].lower()
    return next((provider for provider in MAIL_PROVIDERS.values() if domain in provider.domains), None)


def find_by_host(host: str) -> MailProvider | None:
    return next((provider for provider in MAIL_PROVIDERS.values() if provider.host == host.lower()), None)
