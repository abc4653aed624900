"""The policy that puts a red flag before everything else, and keeps what was said from being wiped by a word."""

# `Optional[X]`, not `X | None`: Rasa reads these signatures at start and refuses the newer spelling.
from typing import Any, Dict, List, Optional

from rasa.core.policies.policy import Policy, PolicyPrediction, SupportedData
from rasa.core.policies.rule_policy import DEFAULT_ACTION_MAPPINGS
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

ACTION_INTERRUPT = "action_interrupt"
FORM = "checklist_form"
RED_FLAG = "red_flag"
#: Somebody else's emergency gets its direction at once too; absent, past and asked-about flags are for the checklist.
ROLES = frozenset({"present", "other"})
INTENTS = frozenset({"emergency", "crisis"})


def is_red_flag(message: Optional[UserUttered]) -> bool:
    """Whether this message names a red flag that may be happening now, to anybody, or asks for help that cannot wait.

    An entity without a role counts as present: what is not known to be harmless is not treated as harmless.
    """
    if message is None:
        return False
    if (message.intent or {}).get("name") in INTENTS:
        return True
    return any(
        entity.get("entity") == RED_FLAG and entity.get("role", "present") in ROLES for entity in message.entities or ()
    )


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=False)
class SafetyPolicy(Policy):
    """Predicts `action_interrupt` for a message with a red flag, then listens.

    It also predicts the form for the intents `restart`, `back` and `session_start`: RulePolicy would take them past the
    form, to actions of Rasa that undo what was said and answer nothing. About anything else it says nothing.

    It must win inside the form, too. There RulePolicy makes a "no-user" prediction, which beats every other kind at
    any priority, so this one is of that kind as well; its higher priority then decides. The form stays active:
    the next message comes to it, and the checklist knows which answer it waits for.
    """

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """Above every policy of Rasa, whose highest is 6."""
        return {"priority": 10}

    @staticmethod
    def supported_data() -> SupportedData:
        """It learns from nothing."""
        return SupportedData.ML_AND_RULE_DATA

    def train(self, training_trackers: List[TrackerWithCachedStates], domain: Domain, **kwargs: Any) -> Resource:
        """Nothing to train; Rasa asks for the method."""
        return self._resource

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: Optional[Dict[str, Any]] = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """Return the interruption, the wait after it, or a prediction that never wins."""
        probabilities = self._default_predictions(domain)
        action = self._next_action(tracker)
        if action is None:
            return self._prediction(probabilities)
        probabilities[domain.index_for_action(action)] = 1.0
        return self._prediction(probabilities, is_no_user_prediction=True)

    @staticmethod
    def _next_action(tracker: DialogueStateTracker) -> Optional[str]:
        # The latest action, not the latest message, says where in the turn we are: after the interruption the
        # message with the red flag is still the latest one, and would interrupt again.
        if tracker.latest_action_name == ACTION_INTERRUPT:
            return ACTION_LISTEN_NAME
        if tracker.latest_action_name != ACTION_LISTEN_NAME or tracker.latest_message is None:
            return None
        if is_red_flag(tracker.latest_message):
            return ACTION_INTERRUPT
        return FORM if tracker.latest_message.intent_name in DEFAULT_ACTION_MAPPINGS else None
