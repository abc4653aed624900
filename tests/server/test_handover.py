"""Staff in the same chat: replies reach the open page, notices say who is there, the bot keeps quiet."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import pytest

from tests.support.chat import BASE, Chat

pytestmark = pytest.mark.server


class Listener:
    """Reads `GET /events` of a chat beside the test, as the widget does."""

    def __init__(self, chat: Chat, after: str | None = None) -> None:
        self.messages: list[dict[str, Any]] = []
        self.times: list[float] = []
        self.open = threading.Event()
        headers = {"Authorization": f"Bearer {chat.token}"} | ({"Last-Event-ID": after} if after else {})
        self._request = (chat.server.http, f"{BASE}/events", headers)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        assert self.open.wait(10)

    def _read(self) -> None:
        client, path, headers = self._request
        try:
            with client.stream("GET", path, headers=headers, timeout=60) as response:
                self.kind = response.headers["content-type"]
                for line in response.iter_lines():
                    self.open.set()
                    if line.startswith("data: "):
                        self.messages.append(json.loads(line[6:]))
                        self.times.append(time.monotonic())
        except Exception:
            # The server was stopped: that is the end of the stream.
            self.open.set()

    def wait(self, count: int) -> list[dict[str, Any]]:
        """The messages, once there are this many."""
        deadline = time.monotonic() + 15
        while len(self.messages) < count and time.monotonic() < deadline:
            time.sleep(0.02)
        assert len(self.messages) >= count, self.messages
        return self.messages


def ask_for_somebody(chat: Chat) -> tuple[Chat, str]:
    """The chat, and the id of the case that its person's wish opened."""
    before = cases(chat)
    chat.say("I want to talk to a person")
    assert "human_case" in chat.utterances
    (case,) = cases(chat) - before
    return chat, case


def cases(chat: Chat) -> set[str]:
    """The ids of all cases that `staff list` shows."""
    lines = chat.server.staff("list").splitlines()
    return {line.split()[0] for line in lines if not line.startswith("Nobody")}


@pytest.fixture
def waiting(chat: Chat) -> tuple[Chat, str]:
    """A chat whose person asked for somebody, and the id of its case."""
    return ask_for_somebody(chat)


def test_a_reply_of_staff_reaches_the_open_page(waiting: tuple[Chat, str]) -> None:
    """First who is there, then what they say; within 1.5 seconds of being written."""
    chat, case = waiting
    listener = Listener(chat)
    assert listener.kind.startswith("text/event-stream")
    chat.server.staff("reply", case, "Hello, how can I help?", name="Maya")
    written = time.monotonic()
    notice, reply = listener.wait(2)[:2]
    assert listener.times[1] - written < 1.5
    assert (notice["utterance"], notice["kind"], notice["author"]) == ("human_joined", "notice", "staff")
    assert "Maya" in notice["text"] and "keeps quiet" in notice["text"] and "emergency" in notice["text"]
    assert "name" not in notice  # the words are the checklist's, not hers
    assert (reply["text"], reply["author"], reply["name"]) == ("Hello, how can I help?", "staff", "Maya")
    assert [m["id"] for m in chat.history()["messages"]][-2:] == [notice["id"], reply["id"]]


def test_who_connects_again_gets_what_they_missed_and_nothing_twice(waiting: tuple[Chat, str]) -> None:
    """`Last-Event-ID` names the last message seen."""
    chat, case = waiting
    chat.server.staff("reply", case, "One")
    chat.server.staff("reply", case, "Two")
    seen = next(m["id"] for m in chat.history()["messages"] if m["text"] == "One")
    listener = Listener(chat, after=seen)
    assert [m["text"] for m in listener.wait(1)] == ["Two"]


def test_while_staff_have_the_chat_the_bot_keeps_quiet_but_for_red_flags(own_chat: Chat) -> None:
    """Claimed: one notice and silence; a red flag is answered; it stays so after a restart; released: it goes on."""
    chat, case = ask_for_somebody(own_chat.pick("start"))
    step = chat.step
    chat.server.staff("claim", case)
    assert chat.say("are you there?").utterances == ["human_quiet"]
    assert chat.say("hello?").utterances == []
    chat.server.restart()
    assert "step_" not in "".join(u or "" for u in chat.say("hello again").utterances)
    chat.say("I can't stop the bleeding from my nose")
    assert chat.level == "emergency"
    assert chat.directions
    chat.server.staff("release", case)
    assert [m["utterance"] for m in chat.history()["messages"] if m["kind"] == "notice"][-1] == "human_left"
    chat.pick("called")
    assert chat.step == step


def test_after_an_emergency_beside_staff_the_checklist_asks_only_when_they_have_left(chat: Chat) -> None:
    """The emergency is answered in full; then staff go on; when they leave, the open question is asked again."""
    chat, case = ask_for_somebody(chat.until("page_body", who="self", country="GB"))
    chat.server.staff("reply", case, "Hello, how can I help?")
    listener = Listener(chat, after=chat.history()["messages"][-1]["id"])
    chat.say("I can't stop the bleeding from my nose")
    assert chat.directions and chat.step == "red_flag"
    chat.pick("called")
    assert chat.utterances[-1] == "human_quiet" and not [u for u in chat.utterances if u.endswith("_question")]
    chat.server.staff("release", case)
    left, asked = listener.wait(2)
    assert left["utterance"] == "human_left"
    assert (asked["kind"], asked["step"]) == ("question", chat.history()["progress"]["step"])
    assert asked["choices"] and "name" not in asked


def test_a_chat_can_be_deleted_while_staff_have_it(own_chat: Chat) -> None:
    """Asked once, also in words; what follows is for staff again, and a yes deletes, which staff can see."""
    chat, case = ask_for_somebody(own_chat)
    chat.server.staff("claim", case)
    chat.say("forget me")
    assert chat.step == "forget"
    chat.say("my left arm looks bruised")
    assert chat.step == "forget" and not [u for u in chat.utterances if u.endswith("_question")]
    chat.say("no, keep it")
    assert chat.utterances == ["forget_declined", "human_quiet"]
    chat.say("please delete everything i told you")
    chat.pick("yes")
    assert "forgotten" in chat.utterances
    assert "deleted" in chat.server.staff("show", case)


def test_what_the_person_says_to_staff_stands_in_the_case(waiting: tuple[Chat, str]) -> None:
    """`staff show` has the whole chat, with what was said while the bot kept quiet."""
    chat, case = waiting
    chat.server.staff("claim", case)
    chat.say("my left arm looks bruised")
    shown = chat.server.staff("show", case)
    assert "PERSON: my left arm looks bruised" in shown


def test_leaving_reaches_the_open_page_too(waiting: tuple[Chat, str]) -> None:
    """The person who looks at the chat reads at once that the checklist goes on."""
    chat, case = waiting
    listener = Listener(chat)
    chat.server.staff("claim", case, name="Maya")
    chat.server.staff("release", case, name="Maya")
    joined, left = listener.wait(2)[:2]
    assert [joined["utterance"], left["utterance"]] == ["human_joined", "human_left"]
    assert left["kind"] == "notice" and "goes on where it stopped" in left["text"]


def test_closing_a_case_gives_the_chat_back(waiting: tuple[Chat, str]) -> None:
    """The person reads that staff have left, and the checklist goes on where it was, without asking twice."""
    chat, case = waiting
    chat.server.staff("reply", case, "All noted.")
    chat.server.staff("close", case, "--outcome", "team_called")
    assert [m["utterance"] for m in chat.history()["messages"]][-1] == "human_left"
    chat.pick("start")
    assert chat.step == "right_now_1"


def test_a_refused_command_tells_the_person_nothing(waiting: tuple[Chat, str]) -> None:
    """Somebody else has the case: one line for staff, exit code 1, and no notice in the chat."""
    chat, case = waiting
    chat.server.staff("claim", case, name="Maya")
    before = chat.history()["messages"]
    done = chat.server.command("staff", "reply", case, "hello", "--as", "Noor")
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert len(done.stderr.splitlines()) == 1
    assert chat.history()["messages"] == before


def test_forget_me_reaches_the_case(waiting: tuple[Chat, str]) -> None:
    """The person deletes the chat: the stream ends, staff see no word of it, and no reply can be sent."""
    chat, case = waiting
    chat.say("my neighbour is called Zbigniew")
    chat.forget()
    assert "Zbigniew" not in chat.server.staff("show", case)
    done = chat.server.command("staff", "reply", case, "hello")
    assert done.returncode == 1
    database = (chat.server.var / "signpost.db").read_bytes()
    assert b"Zbigniew" not in database
