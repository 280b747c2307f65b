"""Stand-ins for those who carry messages: Twilio's Messages over HTTP, and a mail server that speaks SMTP."""

import base64
import itertools
import socket
import socketserver
import threading
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, ClassVar

from werkzeug import Request, Response

from tests.doubles.http_double import HttpDouble, as_json

ACCOUNT, TOKEN = "AC11111111111111111111111111111111", "tests_only_twilio_token"


@dataclass
class TwilioDouble(HttpDouble):
    """Keeps what was sent in `messages`, newest last; `refuse` maps a number to the code with which it is refused."""

    first: ClassVar[str] = "POST /2010-04-01"
    messages: list[dict[str, Any]] = field(default_factory=list)
    refuse: dict[str, int] = field(default_factory=dict)
    numbers: list[str] = field(default_factory=list)
    status: str = "active"
    _numbers: Any = field(default_factory=itertools.count, repr=False)

    def handle(self, request: Request, path: str) -> Response:
        wanted = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {wanted}":
            return as_json({"code": 20003, "message": "Authenticate", "status": 401}, 401)
        if path == f"/2010-04-01/Accounts/{ACCOUNT}.json":
            return as_json({"sid": ACCOUNT, "friendly_name": "Salon Lindgren SMS", "status": self.status})
        if path == f"/2010-04-01/Accounts/{ACCOUNT}/IncomingPhoneNumbers.json":
            rows = [{"phone_number": number} for number in self.numbers if number == request.args["PhoneNumber"]]
            return as_json({"incoming_phone_numbers": rows})
        assert path == f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
        with self.lock:
            if request.method == "GET":
                return as_json({"messages": [row for row in reversed(self.messages) if row["to"] == request.args["To"]]})
            form = request.form
            if code := self.refuse.get(form["To"]):
                return as_json({"code": code, "message": "no", "status": 400}, 400)
            sid = f"SM{next(self._numbers):032x}"
            row = {"sid": sid, "to": form["To"], "from": form.get("From"), "body": form["Body"], "status": "queued"}
            row["status_callback"] = form.get("StatusCallback")
            self.messages.append(row)
        return as_json(row, 201)


@dataclass
class SmsGatewayDouble(HttpDouble):
    """A gateway that takes form or JSON and the key in `header`; each Idempotency-Key once. `refuse`: what it answers to a number."""

    first: ClassVar[str] = "POST /sms"
    key: str = "tests_only_gateway_key"
    header: str = "Authorization"
    messages: list[dict[str, Any]] = field(default_factory=list)
    refuse: dict[str, tuple[int, dict[str, Any]]] = field(default_factory=dict)
    _ids: dict[str, str] = field(default_factory=dict, repr=False)

    def handle(self, request: Request, path: str) -> Response:
        said = request.headers.get(self.header)
        if said != (f"Bearer {self.key}" if self.header == "Authorization" else self.key):
            return as_json({"error": "no such key"}, 401)
        if request.method != "POST":
            return as_json({"error": "method"}, 405)
        fields = request.get_json() if request.is_json else request.form.to_dict()
        if answer := self.refuse.get(fields.get("to", "")):
            return as_json(answer[1], answer[0])
        reference = request.headers["Idempotency-Key"]
        with self.lock:
            if reference not in self._ids:
                self._ids[reference] = f"gw-{len(self._ids) + 1}"
                self.messages.append(fields)
        return as_json({"id": self._ids[reference]}, 202)


class MailDouble:
    """A mail server; `says` is what it answers to the word that begins so: {"RCPT": "550 no such user"}. Use it as a context manager."""

    def __init__(self, port: int = 0) -> None:
        self._port = port
        self.mails: list[EmailMessage] = []
        self.says: dict[str, str] = {}
        self.heard: list[str] = []
        # takes the mail and hangs up without an answer
        self.loses = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "MailDouble":
        double = self

        class Conversation(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                double.talk(self)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

        self._server = Server(("127.0.0.1", self._port), Conversation)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def talk(self, line: socketserver.StreamRequestHandler) -> None:
        def say(text: str) -> None:
            line.wfile.write(f"{text}\r\n".encode())

        say("220 double")
        while word := line.rfile.readline().decode().strip().upper():
            self.heard.append(word)
            if answer := next((said for start, said in self.says.items() if word.startswith(start)), None):
                say(answer)
            elif word.startswith("DATA"):
                say("354 go on")
                self._take(line)
                if self.loses:
                    self.loses -= 1
                    line.connection.shutdown(socket.SHUT_RDWR)
                    return
                say("250 taken")
            elif word.startswith("QUIT"):
                return say("221 bye")
            else:
                say("250 fine")

    def _take(self, line: socketserver.StreamRequestHandler) -> None:
        body = b""
        while (part := line.rfile.readline()) not in (b".\r\n", b""):
            body += part
        mail = message_from_bytes(body, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
