"""Practice: cases of every kind, as chats would leave them, with times up to now, and no way out to anybody."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.channels import handover
from bot.channels.apps import APPS
from bot.channels.turns import Turns
from bot.channels.window import window
from bot.clinical import checklist, flow
from bot.clinical.state import State
from bot.content.loader import Content
from bot.content.render import Renderer
from bot.content.schema import Hours
from bot.errors import NotAllowed, RecordsError, SignInRefused, StartError, WindowClosed
from bot.nlp.understand import understand
from bot.records import CALL, LEVELS, STATES, Account, Case, Records
from bot.records.cipher import Cipher, new_key
from bot.server.runtime import Runtime
from bot.settings import Settings
from bot.site import Site
from desk import practice, totp
from desk.overdue import overdue_by
from desk.practice_people import PACE, people, play
from desk.sign_in import Attempt, sign_in
from tests.records.conftest import Now

PEOPLE = {made.id: made for made in people().people}
COLLEAGUE = people().colleague


def _real(folder: Path, content: Content, site: Site, clock: Now) -> Runtime:
    records = Records.open(f"sqlite:///{folder / 'signpost.db'}", Cipher([new_key()]), clock, 30)
    return Runtime(Settings.from_env({"SIGNPOST_VAR": str(folder)}), content, site, records, clock)


@pytest.fixture
def real(tmp_path: Path, content: Content, site: Site, clock: Now) -> Iterator[Runtime]:
    """The real desk, without any case."""
    opened = _real(tmp_path, content, site, clock)
    yield opened
    opened.records.dispose()


@pytest.fixture
def own(real: Runtime) -> Iterator[Runtime]:
    """Practice of this test alone."""
    opened = practice.open_practice(real)
    yield opened
    opened.records.dispose()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, content: Content, site: Site) -> Iterator[Runtime]:
    """Practice just filled, for tests that only look."""
    real = _real(tmp_path_factory.mktemp("practice"), content, site, Now())
    opened = practice.open_practice(real)
    yield opened
    opened.records.dispose()
    real.records.dispose()


def _cases(runtime: Runtime) -> list[Case]:
    with runtime.records.reading() as store:
        return [*store.cases(), *store.cases("closed")]


def _chats(runtime: Runtime) -> list[tuple[Case, list[dict[str, Any]], State]]:
    """Every case with its chat and its state."""
    with runtime.records.reading() as store:
        found = [*store.cases(), *store.cases("closed")]
        return [
            (
                case,
                store.messages(str(case.conversation_id)),
                State.from_json(store.state(str(case.conversation_id)) or {}),
            )
            for case in found
        ]


# what there is ------------------------------------------------------------------------------------------------------


def test_every_level_and_kind_of_person_is_there(filled: Runtime) -> None:
    """All levels, a crisis, a carer, a parent, a call, the widget and apps."""
    chats = _chats(filled)
    assert len(chats) == len(PEOPLE) >= 12
    assert {case.level for case, _, _ in chats} == {*LEVELS}
    assert any(case.crisis for case, _, _ in chats)
    assert {state.about for _, _, state in chats} >= {"self", "child", "adult"}
    assert {case.channel for case, _, _ in chats} >= {"widget", "whatsapp", "sms", "telegram", CALL}


def test_every_standing_of_a_case_is_there(filled: Runtime) -> None:
    """Waiting in time and overdue, somebody else's, follow-ups due and overdue, closed."""
    minutes = {str(level): number for level, number in filled.site.overdue_minutes.items()}
    cases, now = _cases(filled), filled.clock()

    assert {case.state for case in cases} == {*STATES} - {"claimed"}
    for state in ("waiting", "follow_up_due"):
        late = [overdue_by(case, minutes, now) is not None for case in cases if case.state == state]
        assert True in late and False in late, state
    assert {case.claimed_by for case in cases if case.state == "replied"} == {COLLEAGUE}
    assert [case.outcome for case in cases if case.state == "closed"] == ["team_called"]


def test_an_app_takes_no_reply_to_one_of_them(filled: Runtime) -> None:
    """The window of a chat in WhatsApp has closed."""
    with filled.records.reading() as store:
        (case,) = (case for case in store.cases() if case.channel == "whatsapp")
        reach = window(case.channel, store.heard_at(str(case.conversation_id)))
        assert reach and reach.standing(filled.clock()) == "closed"
    with pytest.raises(WindowClosed), filled.records.transaction() as store:
        store.record_reply(case.id, "Anna", "Hello")


def test_a_reply_was_not_delivered(filled: Runtime) -> None:
    """It is marked in the chat, and in the log, as an app's refusal marks it."""
    with filled.records.reading() as store:
        (case,) = (case for case in store.cases() if case.channel == "sms")
        written = [
            m for m in store.messages(str(case.conversation_id)) if m["author"] == "staff" and not m["utterance"]
        ]
        assert [message.get("undelivered") for message in written] == ["all"]
        assert [e.what for e in store.entries_about(case.id)][-1] == "case.reply_undelivered"


def test_the_call_has_its_sheet_and_note(filled: Runtime) -> None:
    """Who called is filled in, and what was told."""
    with filled.records.reading() as store:
        (case,) = (case for case in store.cases() if case.channel == CALL)
        assert store.sheet(case.id)["relationship"] == "His wife"
        assert [note.by for note in store.notes(case.id)] == [COLLEAGUE]
        assert case.state == "waiting" and case.level == "today"


def test_nothing_is_in_the_future_or_long_ago(filled: Runtime) -> None:
    """Not a message, not a case, not an entry of the log; only a follow-up is due later."""
    now = filled.clock()
    for case, chat, _ in _chats(filled):
        moments = [datetime.fromisoformat(message["at"]) for message in chat]
        assert moments == sorted(moments)
        moments += [case.opened_at, case.waiting_since]
        moments += [at for at in (case.claimed_at, case.replied_at, case.closed_at) if at]
        with filled.records.reading() as store:
            moments += [entry.at for entry in store.entries_about(case.id)]
        assert now - timedelta(days=3) < min(moments) and max(moments) <= now, case


def test_the_log_is_whole(filled: Runtime) -> None:
    """Its chain is checked in practice as it is at the real desk."""
    with filled.records.reading() as store:
        assert store.verify_audit() is None


# as a chat would leave it -------------------------------------------------------------------------------------------


class _Core:
    """Plays Rasa: the core and the rendering of its words, as our action and the tracker store do it."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime

    async def __call__(
        self, conversation: str, text: str, metadata: Mapping[str, Any], parse: Mapping[str, Any] | None
    ) -> Sequence[Mapping[str, Any]]:
        kit, turns = self.runtime, Turns(self.runtime, self, understand)
        state = turns.state(conversation)
        question = flow.open_question(state, turns.content, kit.site, turns._labels(state))
        understood = understand(text, metadata["about"], question)
        if parse:
            understood = replace(understood, text="", intent="inform", confidence=1.0)
        message = checklist.Incoming(understood, metadata["step"], tuple(metadata["choices"]))
        outcome = checklist.turn(state, message, kit.content, kit.site, kit.clock())
        kit.records.write(lambda store: store.save_state(conversation, outcome.state.to_json()))
        renderer = Renderer(kit.content, kit.site, outcome.state.voice, outcome.state.country)
        return [renderer.message(say) for say in outcome.say]


def _plain(messages: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in message.items() if key != "id"} for message in messages]


@pytest.mark.parametrize("name", [name for name, made in PEOPLE.items() if made.channel != CALL])
def test_it_is_what_a_chat_gives(real: Runtime, clock: Now, name: str) -> None:
    """The same messages through a channel's turns: the same transcript, state and level, word for word."""
    made = PEOPLE[name]
    played = list(play(made, real.content, real.site, clock(), understand))
    turns = Turns(real, _Core(real), understand)
    conversation, _ = turns.begin("widget", "en-GB")
    for turn in played[1:]:
        clock.moment = turn.at
        assert turn.sent
        asyncio.run(turns.answer(conversation, turn.sent))
    with real.records.transaction() as store:
        assert _plain(store.messages(conversation)) == _plain([m for turn in played for m in turn.messages])
        assert store.state(conversation) == played[-1].state.to_json()
        known = store.case_for(conversation)
        assert known
        again = practice._write_chat(store, real, made, played, COLLEAGUE)
        assert (again.level, again.crisis, again.reason, again.opened_by, again.opened_at) == (
            known.level,
            known.crisis,
            known.reason,
            known.opened_by,
            known.opened_at,
        )


def test_all_that_they_are_given_to_say_is_said(content: Content, site: Site) -> None:
    """With the shipped content nothing in the file is passed over, but what the site does not ask."""
    for made in PEOPLE.values():
        sent = [turn.sent for turn in play(made, content, site, Now()(), understand) if turn.sent]
        pressed = {(message.step, choice) for message in sent for choice in message.choices}
        words = {message.text for message in sent}
        for step, answer in made.answers.items():
            if step in ("country", "case"):
                continue
            if isinstance(answer, str):
                assert answer in words, (made.id, step)
            else:
                assert {(step, choice) for choice in answer} <= pressed, (made.id, step)
        assert made.last in words or not made.last
        # And all of it before now.
        assert len(sent) * PACE < timedelta(minutes=made.began)


# apart --------------------------------------------------------------------------------------------------------------


def test_nothing_reaches_the_real_desk_or_an_app(real: Runtime, own: Runtime, clock: Now) -> None:
    """Neither by filling nor by a trainee's reply to somebody in an app: no outbox has anything, there or here."""
    with own.records.transaction() as store:
        (case,) = (case for case in store.cases("waiting") if case.channel == "telegram")
        handover.reply(store, case.id, "Anna", "Hello, I am Anna.", own)
        assert store.case(case.id).state == "replied"
        assert store.unsent(str(case.conversation_id)) == set()
    for runtime in (real, own):
        with runtime.records.transaction() as store:
            assert store.outbox_counts() == {}
            assert not any(store.has_due(app) or store.due(app, 10) for app in APPS)
    assert _cases(real) == []
    assert (own.settings.var / practice.FILE).exists()


def test_reset_refuses_real_cases(real: Runtime) -> None:
    """Handed the real desk by mistake, it deletes nothing."""
    with real.records.transaction() as store:
        case = store.open_case(store.create_conversation("widget", "en").id, "asked", "now", "person")
    with pytest.raises(RecordsError, match="real cases"):
        practice.reset(real)
    assert _cases(real) == [case]


def test_the_real_database_is_never_practice(real: Runtime) -> None:
    """Whoever names practice's file for the real cases is told so before anything is opened."""
    url = f"sqlite:///{real.settings.var / '.' / practice.FILE}"
    mistaken = replace(real, settings=replace(real.settings, database_url=url))
    with pytest.raises(StartError, match="practice"):
        practice.open_practice(mistaken)
    assert not (real.settings.var / practice.FILE).exists()


# anew ---------------------------------------------------------------------------------------------------------------


def test_it_stays_until_it_is_reset(real: Runtime, own: Runtime, clock: Now) -> None:
    """A trainee's work is there after a restart; a reset gives everybody back, with times up to now."""
    before = _cases(own)
    with own.records.transaction() as store:
        store.close(before[0].id, "Anna", "advised")
        store.open_call("Anna", "en")
    clock.advance(days=9)
    again = practice.open_practice(real)
    assert {case.id for case in _cases(again)} > {case.id for case in before}
    practice.reset(again)
    after = _cases(own)
    assert [(case.level, case.state, case.channel) for case in after] == [
        (case.level, case.state, case.channel) for case in before
    ]
    assert {case.id for case in after}.isdisjoint({case.id for case in before})
    assert min(case.opened_at for case in after) > clock() - timedelta(days=3)
    with own.records.reading() as store:
        assert store.verify_audit() is None
    again.records.dispose()


def test_what_is_past_its_retention_is_made_anew(real: Runtime, own: Runtime, clock: Now) -> None:
    """What a trainee wrote is kept no longer than what people write; the next start finds a full queue all the same."""
    with own.records.transaction() as store:
        store.add_note(store.cases("waiting")[0].id, "Anna", "only to try")
    clock.advance(days=real.site.retention_days + 1)
    own.records.purge()
    with own.records.reading() as store:
        assert not any(store.notes(case.id) for case in _cases(own))
    again = practice.open_practice(real)
    assert sum(case.conversation_id is not None for case in _cases(again)) == len(PEOPLE)
    again.records.dispose()


def test_rotated_keys_do_not_keep_a_server_from_starting(real: Runtime, own: Runtime) -> None:
    """Practice that cannot be read any more is made anew."""
    own.records.dispose()
    rotated = replace(real, settings=replace(real.settings, keys=(new_key(),)))
    opened = practice.open_practice(rotated)
    assert len(_cases(opened)) == len(PEOPLE)
    opened.records.dispose()


@pytest.mark.parametrize(
    "settings",
    [
        {"outcomes": {"done": "Done"}},
        {"countries": ("AU", "IE"), "retention_days": 1},
        {"support": {"hours": {"fri": Hours(opens="08:00", closes="18:00")}}},
        {"support": {"case_required": True}},
    ],
    ids=["outcomes", "countries", "hours", "case_required"],
)
def test_it_fits_every_site(real: Runtime, site: Site, settings: dict[str, Any]) -> None:
    """Other outcomes, countries, opening hours or duties: still everybody is there."""
    other = Site.model_validate({**site.model_dump(), **settings})
    opened = practice.open_practice(replace(real, site=other))
    cases = _cases(opened)
    assert len(cases) == len(PEOPLE) and {case.level for case in cases} == {*LEVELS}
    assert {case.outcome for case in cases if case.state == "closed"} <= {*other.outcomes}
    opened.records.dispose()


# who practises ------------------------------------------------------------------------------------------------------


def _account(role: str, now: datetime) -> Account:
    return Account("K1234567", "Anna", role, must_change=False, created_at=now, disabled_at=None)


def test_staff_practise_in_their_own_role(own: Runtime, clock: Now) -> None:
    """A helper cannot lower a level there either; a clinician can, and a role that changed is taken over."""
    with own.records.reading() as store:
        case = next(case for case in store.cases("waiting") if case.level == "today")
    practice.enrol(own, _account("helper", clock()))
    with pytest.raises(NotAllowed), own.records.transaction() as store:
        store.lower_level(case.id, "Anna", "soon", "only to try")
    practice.enrol(own, _account("clinician", clock()))
    practice.reset(own)
    with own.records.transaction() as store:
        case = next(case for case in store.cases("waiting") if case.level == "today")
        assert store.lower_level(case.id, "Anna", "soon", "only to try").level == "soon"


def test_enrolling_again_writes_nothing(own: Runtime, clock: Now) -> None:
    """It is done with every request."""
    practice.enrol(own, _account("helper", clock()))
    with own.records.reading() as store:
        before = store.accounts(), store.entries_about(store.account("Anna").id)
    practice.enrol(own, _account("helper", clock()))
    with own.records.reading() as store:
        assert (store.accounts(), store.entries_about(store.account("Anna").id)) == before


def test_nobody_signs_in_to_practice(own: Runtime, clock: Now) -> None:
    """Not even without a password and with the code of no secret: the accounts there have neither."""
    practice.enrol(own, _account("helper", clock()))
    code = totp.code_at(b"", totp.step_of(clock()))
    with pytest.raises(SignInRefused):
        sign_in(own.records, Attempt("Anna", "", code, address="192.0.2.7", device=None))
