"""A notice that a mail server surely did not take is told from one that may have arrived."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from connectors.notifying import NoticeRefused, send

TO_ONE, TO_TWO = "b@example.com", "b@example.com,c@example.com"


class _Talk(socketserver.StreamRequestHandler):
    """One connection, by RFC 5321 as far as it is needed here."""

    def handle(self) -> None:
        self._say("220 here")
        is_text = False
        for line in self.rfile:
            words = line.decode().strip().upper()
            if not is_text or words == ".":
                is_text = words == "DATA"
                self._say(self._answer(words))

    def _answer(self, line: str) -> str:
        answers: dict[str, str] = self.server.answers  # type: ignore[attr-defined]  # given below
        for beginning, answer in answers.items():
            if line.startswith(beginning):
                return answer
        return "354 go on" if line == "DATA" else "250 well"

    def _say(self, words: str) -> None:
        if not words:
            self.connection.close()
        self.wfile.write(f"{words}\r\n".encode())


@contextmanager
def mail_server(answers: dict[str, str]) -> Iterator[str]:
    """Take mail, with these answers to lines that begin so; "" drops the connection."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Talk) as server:
        server.daemon_threads = True
        server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a dropped one
        server.answers = answers  # type: ignore[attr-defined]  # for the connections
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"mailto://127.0.0.1:{server.server_address[1]}?from=a@example.com&to="
        server.shutdown()


@pytest.mark.parametrize(
    ("answers", "to", "told"),
    [
        pytest.param({}, TO_ONE, "", id="taken"),
        pytest.param({"RCPT": "550 nobody"}, TO_ONE, "refused whom it is for (550)", id="nobody"),
        pytest.param({"MAIL": "451 later"}, TO_ONE, "refused it (451)", id="later"),
        pytest.param({".": "554 no"}, TO_ONE, "refused it (554)", id="refused"),
        pytest.param({".": ""}, TO_ONE, None, id="dropped"),
        pytest.param({"RCPT TO:<C@": "550 nobody"}, TO_TWO, None, id="one of two"),
    ],
)
def test_what_a_mail_server_says_is_understood(
    answers: dict[str, str], to: str, told: str | None
) -> None:
    with mail_server(answers) as address:
        if told:
            with pytest.raises(NoticeRefused, match=r"mailto://\u2026 refused") as refused:
                send(f"{address}{to}", "Late", "This is late.")
            assert told in str(refused.value)
            assert "example.com" not in refused.value.what
        else:
            assert send(f"{address}{to}", "Late", "This is late.") is (told == "")


def test_a_mail_server_that_is_down_took_nothing() -> None:
    with mail_server({}) as address:
        pass
    with pytest.raises(NoticeRefused, match="could not be reached"):
        send(f"{address}{TO_ONE}", "Late", "This is late.")
