"""SafetyPolicy: which messages it interrupts for, and that it wins."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.core.policies.ensemble import DefaultPolicyPredictionEnsemble
from rasa.core.policies.policy import PolicyPrediction
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.policies.safety_policy import ACTION_INTERRUPT, SafetyPolicy, is_red_flag

DOMAIN = Domain.from_dict(
    {
        "intents": ["inform", "emergency", "crisis"],
        "entities": ["red_flag", "warning_sign"],
        "slots": {"answer": {"type": "any", "mappings": [{"type": "custom"}]}},
        "forms": {"checklist_form": {"required_slots": ["answer"]}},
        "actions": [ACTION_INTERRUPT],
    }
)


@pytest.fixture
def policy(tmp_path: Any) -> SafetyPolicy:
    """The policy as Rasa makes it."""
    context = ExecutionContext(GraphSchema({}))
    return SafetyPolicy.create(
        SafetyPolicy.get_default_config(), LocalModelStorage(tmp_path), Resource("safety"), context
    )


def message(intent: str | None = "inform", *entities: dict[str, Any]) -> UserUttered:
    """A message as understood."""
    return UserUttered("words", {"name": intent}, list(entities))


def flag(role: str | None) -> dict[str, Any]:
    """A red flag in this role; None leaves the role out."""
    return {"entity": "red_flag", "value": "chest_pain", **({"role": role} if role else {})}


def tracker(*events: Event) -> DialogueStateTracker:
    """A conversation inside the form."""
    start = [ActionExecuted("action_listen"), ActiveLoop("checklist_form"), SlotSet("requested_slot", "answer")]
    return DialogueStateTracker.from_events("person", [*start, *events], slots=DOMAIN.slots)


def predicted(prediction: PolicyPrediction) -> str | None:
    """The action with confidence 1, if there is one."""
    return DOMAIN.action_names_or_texts[prediction.max_confidence_index] if prediction.max_confidence == 1.0 else None


@pytest.mark.parametrize(
    ("said", "interrupts"),
    [
        (message("inform", flag("present")), True),
        (message("inform", flag("other")), True),
        (message("inform", flag(None)), True),
        (message("inform", flag("absent"), flag("present")), True),
        (message("emergency"), True),
        (message("crisis"), True),
        (message("inform", flag("absent")), False),
        (message("inform", flag("past")), False),
        (message("inform", flag("question")), False),
        (message("inform", {"entity": "warning_sign", "value": "cough", "role": "present"}), False),
        (message("inform"), False),
        (message(None), False),
        (None, False),
    ],
)
def test_red_flags(said: UserUttered | None, interrupts: bool) -> None:
    """Present and other interrupt, as do the two intents; a flag without a role counts as present."""
    assert is_red_flag(said) is interrupts


def test_interrupts_inside_the_form(policy: SafetyPolicy) -> None:
    """A red flag inside the form is a no-user prediction: only that kind can win against the form's own."""
    prediction = policy.predict_action_probabilities(tracker(message("inform", flag("present"))), DOMAIN)
    assert (predicted(prediction), prediction.is_no_user_prediction) == (ACTION_INTERRUPT, True)


def test_wins_against_the_form(policy: SafetyPolicy) -> None:
    """Against RulePolicy's certain prediction of the form, in either order, the interruption is chosen."""
    said = tracker(message("inform", flag("present")))
    mine = policy.predict_action_probabilities(said, DOMAIN)
    form = PolicyPrediction.for_action_name(DOMAIN, "checklist_form", "RulePolicy")
    form.is_no_user_prediction, form.policy_priority = True, 4
    for predictions in ([mine, form], [form, mine]):
        chosen = DefaultPolicyPredictionEnsemble().combine_predictions(predictions, said, DOMAIN)
        assert predicted(chosen) == ACTION_INTERRUPT


def test_listens_after_the_interruption(policy: SafetyPolicy) -> None:
    """The message with the red flag is still the latest one, but it interrupts once."""
    said = tracker(message("inform", flag("present")), ActionExecuted(ACTION_INTERRUPT))
    assert predicted(policy.predict_action_probabilities(said, DOMAIN)) == "action_listen"


def test_keeps_the_form_open(policy: SafetyPolicy) -> None:
    """The prediction brings no event that would close the form."""
    prediction = policy.predict_action_probabilities(tracker(message("emergency")), DOMAIN)
    assert prediction.events == [] and prediction.optional_events == []


@pytest.mark.parametrize("latest", ["action_listen", "checklist_form"])
def test_leaves_everything_else_alone(policy: SafetyPolicy, latest: str) -> None:
    """Without a red flag, or after the form has run, it predicts nothing at all."""
    events = [message("inform")] if latest == "action_listen" else [message("emergency"), ActionExecuted(latest)]
    prediction = policy.predict_action_probabilities(tracker(*events), DOMAIN)
    assert prediction.max_confidence == 0.0 and not prediction.is_no_user_prediction


@pytest.mark.parametrize("intent", ["restart", "back", "session_start"])
def test_takes_rasas_own_intents_to_the_form(policy: SafetyPolicy, intent: str) -> None:
    """RulePolicy would wipe or undo the conversation for these, past the form and without an answer."""
    prediction = policy.predict_action_probabilities(tracker(message(intent)), DOMAIN)
    assert (predicted(prediction), prediction.is_no_user_prediction) == ("checklist_form", True)


def test_a_red_flag_outranks_a_restart(policy: SafetyPolicy) -> None:
    """In one message with both, the red flag is heard first."""
    prediction = policy.predict_action_probabilities(tracker(message("restart", flag("present"))), DOMAIN)
    assert predicted(prediction) == ACTION_INTERRUPT


def test_outranks_every_policy_of_rasa() -> None:
    """Its priority is above all that Rasa ships."""
    from rasa.core import constants

    highest = max(
        value for name, value in vars(constants).items() if name.endswith("POLICY_PRIORITY") and isinstance(value, int)
    )
    assert SafetyPolicy.get_default_config()["priority"] > highest
