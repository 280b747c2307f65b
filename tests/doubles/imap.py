"""A mailbox that speaks IMAP4rev1 over a socket: signs in, opens a folder for reading only, searches and fetches by UID."""

import re
import socket
import socketserver
import ssl
import threading
from dataclasses import dataclass, field

USER, PASSWORD = "bounces@salon.example", 'tests_only"p@ss'


@dataclass
class ImapDouble:
    """`mails` by UID; `heard` are the commands without their tags. Use it as a context manager."""

    mails: dict[int, bytes] = field(default_factory=dict)
    uid_validity: int = 1
    # commands that are answered NO
    refuses: set[str] = field(default_factory=set)
    # hangs up in place of answering this command
    hangs_up_at: str = ""
    heard: list[str] = field(default_factory=list)
    _context: ssl.SSLContext | None = None
    _is_tls_at_once: bool = False

    def secure(self, context: ssl.SSLContext, *, from_first_byte: bool) -> None:
        """Speak TLS, from the first byte or after STARTTLS."""
        self._context, self._is_tls_at_once = context, from_first_byte

    @property
    def url(self) -> str:
        host, port = self._server.server_address[:2]
        return f"imap://bounces%40salon.example:tests_only%22p%40ss@{host}:{port}/INBOX"

    def add(self, *mails: bytes) -> None:
        for mail in mails:
            self.mails[max(self.mails, default=0) + 1] = mail

    def __enter__(self) -> "ImapDouble":
        double = self

        class Conversation(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                try:
                    double._talk(self.request)
                except OSError:
                    # the client does not trust us
                    return

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True

        self._server = Server(("127.0.0.1", 0), Conversation)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _talk(self, connection: socket.socket) -> None:
        if self._context is not None and self._is_tls_at_once:
            connection = self._context.wrap_socket(connection, server_side=True)
        try:
            while self._converse(connection) == "STARTTLS":
                assert self._context is not None
                connection = self._context.wrap_socket(connection, server_side=True)
        finally:
            connection.close()

    def _converse(self, connection: socket.socket) -> str:
        """Answer until the end, or until what follows is encrypted; gives the last command."""
        line, name, is_secure = connection.makefile("rwb", buffering=0), "", isinstance(connection, ssl.SSLSocket)
        if "STARTTLS" not in self.heard or not is_secure:
            line.write(b"* OK IMAP4rev1 double\r\n")
        while name not in ("STARTTLS", "LOGOUT") and (words := line.readline().decode().strip()):
            tag, _space, command = words.partition(" ")
            self.heard.append(command)
            name = " ".join(command.upper().split(" ")[: 2 if command.upper().startswith("UID") else 1])
            if name == self.hangs_up_at:
                return ""
            if name in self.refuses:
                line.write(f"{tag} NO refused\r\n".encode())
                continue
            assert name != "LOGIN" or is_secure or self._context is None, "the password in the clear"
            line.write(self._answer(name, command) + f"{tag} OK done\r\n".encode())
        return name

    def _answer(self, name: str, command: str) -> bytes:
        match name:
            case "CAPABILITY":
                offers_tls = self._context is not None and not self._is_tls_at_once
                return b"* CAPABILITY IMAP4rev1" + b" STARTTLS" * offers_tls + b"\r\n"
            case "STARTTLS":
                return b""
            case "LOGIN":
                assert command.split(" ", 2)[1:] == [USER, '"tests_only\\"p@ss"'], command
                return b""
            case "EXAMINE":
                assert command == 'EXAMINE "INBOX"'
                return f"* {len(self.mails)} EXISTS\r\n* OK [UIDVALIDITY {self.uid_validity}] valid\r\n".encode()
            case "UID SEARCH":
                return f"* SEARCH {' '.join(map(str, self._search(command)))}\r\n".encode()
            case "UID FETCH":
                return self._fetch(command)
            case "LOGOUT":
                return b"* BYE\r\n"
        raise AssertionError(command)

    def _search(self, command: str) -> list[int]:
        if (after := re.search(r"UID (\d+):\*$", command)) is None:
            assert re.search(r"SINCE \d{1,2}-[A-Z][a-z]{2}-\d{4}$", command)
            return list(self.mails)
        # RFC 3501, 6.4.8: the last one is always in "n:*"
        return [uid for uid in self.mails if uid >= int(after[1]) or uid == max(self.mails)]

    def _fetch(self, command: str) -> bytes:
        found = re.fullmatch(r"UID FETCH (\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", command)
        assert found is not None
        mail = self.mails.get(int(found[1]))
        if mail is None:
            return b""
        mail = mail[: int(found[2])]
        # what happened meanwhile may be told in between (RFC 3501, 7)
        unasked = b"* 3 EXISTS\r\n"
        return unasked + f"* 1 FETCH (UID {found[1]} BODY[]<0> {{{len(mail)}}}\r\n".encode() + mail + b")\r\n"
