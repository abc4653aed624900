"""Actions inside the server: no second process, no HTTP, and the same checks as for an action server of its own.

`install()` prepares Rasa once in each process. The reviewed NLG calls it, because Rasa creates that class before any
action can run, in every command that has actions (`rasa run`, `rasa shell`, our own server). Then, in `endpoints.yml`,
`action_endpoint: {url: "inproc:actions"}` runs the actions of the package `actions` here, and any other address is an
action server as Rasa knows it. Both are held to the closed set, and a failure of either becomes the outage notice.
"""

from __future__ import annotations

import functools
import sys
from typing import Any

import structlog
import yaml
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.core.tracker_store import FailSafeTrackerStore
from rasa.graph_components.providers.domain_provider import DomainProvider
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor

from bot.content.loader import YamlLoader
from bot.errors import StartError
from bot.nlg.closed_set import OUTAGE, check_responses, response_name
from bot.resources import resources

log = structlog.get_logger(__name__)
SCHEME = "inproc:"


class ReviewedEndpoint(EndpointConfig):
    """An action server over HTTP whose answers are checked, and whose failures become the outage notice."""

    async def request(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Run one action.

        The state that the person had stays as it was. Rasa itself would log the failure and say nothing.
        """
        body = kwargs["json"]
        try:
            answer = await self._call(*args, **kwargs)
            check_responses(answer["responses"], resources().content)
            return answer
        except Exception as error:  # noqa: BLE001 - whatever broke, the person gets the contacts
            # The kind of error only: its text could hold what the person wrote.
            log.error("action.failed", action=body.get("next_action"), error=type(error).__name__)
            return _failure(body)

    async def _call(self, *args: Any, **kwargs: Any) -> Any:
        return await super().request(*args, **kwargs)


class InProcessEndpoint(ReviewedEndpoint):
    """The actions of one package, called in this process."""

    def __init__(self, package: str, **options: Any) -> None:
        """Register every action of the package, once.

        Raises:
            StartError: the package, or a module in it, cannot be imported.
        """
        super().__init__(url=f"{SCHEME}{package}", **{"enable_selective_domain": True, **options})
        self._executor = _executor(package)

    async def _call(self, *_args: Any, **kwargs: Any) -> Any:
        return await self._executor.run(kwargs["json"])


def _failure(body: dict[str, Any]) -> dict[str, Any]:
    """An answer that says the outage notice and changes nothing.

    The slot, empty as ever, tells Rasa's form that it got an answer: without any slot it would count the message as
    rejected, and drop the notice with it.
    """
    state = body.get("tracker", {}).get("slots", {}).get("checklist") or {}
    return {
        "events": [{"event": "slot", "name": "answer", "value": None}],
        "responses": [{"response": response_name(OUTAGE), "country": state.get("country")}],
    }


@functools.cache
def _executor(package: str) -> ActionExecutor:
    executor = ActionExecutor()
    try:
        executor.register_package(package)
    except SystemExit:
        # rasa-sdk ends the process here; the reason is the import error that it was handling.
        reason = sys.exc_info()[1].__context__  # type: ignore[union-attr]
        raise StartError(f"the actions in {package!r} cannot be imported: {reason}") from None
    if not executor.actions:
        raise StartError(f"the package {package!r} of action_endpoint holds no action")
    return executor


def reviewed_endpoint(endpoint: EndpointConfig | None) -> EndpointConfig | None:
    """The same endpoint with our checks; None stays None (`rasa test` runs no actions)."""
    if endpoint is None or isinstance(endpoint, ReviewedEndpoint):
        return endpoint
    if (endpoint.url or "").startswith(SCHEME):
        return InProcessEndpoint(endpoint.url[len(SCHEME) :], **endpoint.kwargs)
    return ReviewedEndpoint(
        endpoint.url,
        endpoint.params,
        endpoint.headers,
        endpoint.basic_auth,
        endpoint.token,
        endpoint.token_name,
        cafile=endpoint.cafile,
        **endpoint.kwargs,
    )


# what Rasa does otherwise -------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=1)
def install() -> None:
    """Put our endpoints and stricter or quicker forms of a few functions in the place of Rasa's."""
    _wrap_endpoints()
    _compile_validator()
    _remember_event_types()
    _read_domain_quickly()
    fail_closed()


def is_installed() -> bool:
    """Whether `install` was called in this process."""
    return install.cache_info().currsize > 0


def _wrap_endpoints() -> None:
    original = RemoteAction.__init__

    def init(self: RemoteAction, name: str, action_endpoint: EndpointConfig | None) -> None:
        original(self, name, reviewed_endpoint(action_endpoint))

    RemoteAction.__init__ = init


def _compile_validator() -> None:
    # Rasa compiles this schema again for every answer, which costs more than everything else an action does.
    spec = RemoteAction.action_response_format_spec()
    validator = validator_for(spec)(spec)

    def validate(_self: RemoteAction, result: dict[str, Any]) -> bool:
        validator.validate(result)
        return True

    RemoteAction._validate_action_result = validate  # noqa: SLF001 - Rasa offers no other place


def _remember_event_types() -> None:
    # Rasa walks all subclasses for every stored event that it reads.
    Event.resolve_by_type = staticmethod(functools.cache(Event.resolve_by_type))


def _read_domain_quickly() -> None:
    # Rasa checks the domain in a model against a schema, two seconds for our responses. It did so when it was trained.
    def load(cls: type[DomainProvider], **given: Any) -> DomainProvider:
        storage, resource = given["model_storage"], given["resource"]
        with storage.read_from(resource) as folder:
            text = (folder / "domain.yml").read_text(encoding="utf-8")
        return cls(storage, resource, Domain.from_dict(yaml.load(text, Loader=YamlLoader)))  # noqa: S506 - a safe loader

    DomainProvider.load = classmethod(load)  # type: ignore[arg-type]


def fail_closed() -> None:
    """Make a store that cannot be read or written an error of the turn.

    Rasa would go on with an empty conversation, and keep what it cannot write where it is never read again.
    """

    def raise_it(_self: FailSafeTrackerStore, error: Exception) -> None:
        raise error

    FailSafeTrackerStore.on_tracker_store_error = raise_it
    FailSafeTrackerStore.on_tracker_store_retrieve_error = raise_it
