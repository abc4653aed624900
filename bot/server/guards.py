"""Checks at start: what is configured is what runs.

Where Rasa cannot load a class it logs a warning and goes on with one of its own: the plain file importer, a store in
memory, no model at all. Here that stops the start, with one line for each fault.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from rasa.core.agent import Agent
from rasa.core.channels import BUILTIN_CHANNELS
from rasa.core.tracker_store import FailSafeTrackerStore
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.exceptions import RasaException
from rasa.shared.utils.common import class_from_module_path

from bot.content.loader import Content
from bot.errors import StartError
from bot.nlg.closed_set import response_name
from bot.server import in_process

ROOT = Path(__file__).resolve().parents[2]
#: Rasa's own names for the `type` of an endpoint.
BUILT_IN = {
    "tracker_store": {"sql", "redis", "mongod", "dynamo"},
    "lock_store": {"in_memory", "redis"},
    "event_broker": {"pika", "sql", "file", "kafka"},
    "nlg": {"callback", "response"},
}
RASA_IMPORTERS = {"RasaFileImporter", "MultiProjectImporter"}


def check_configured_names(
    config: Path = ROOT / "config.yml",
    endpoints: Path = ROOT / "endpoints.yml",
    credentials: Path = ROOT / "credentials.yml",
) -> None:
    """Load every class that the three files name, before Rasa does.

    Raises:
        StartError: one line for each name that cannot be loaded, with file, key and reason.
    """
    faults = [*_config_faults(config), *_endpoint_faults(endpoints), *_channel_faults(credentials)]
    if faults:
        raise StartError("\n".join(faults))


def check_loaded(
    agent: Agent, content: Content, config: Path = ROOT / "config.yml", endpoints: Path = ROOT / "endpoints.yml"
) -> None:
    """See to it that the agent runs what the files configure, and says what the content holds.

    Raises:
        StartError: one line for each part that is something else.
    """
    if not agent.is_ready() or agent.processor is None:
        raise StartError(
            "the model cannot be loaded. Delete the model folder and start again; it is then trained anew."
        )
    faults = [*_model_faults(agent, _read(config), content), *_agent_faults(agent, _read(endpoints))]
    if faults:
        raise StartError("\n".join(faults))


# names --------------------------------------------------------------------------------------------------------


def _read(file: Path) -> dict[str, Any]:
    """The mapping in a configuration file.

    Raises:
        StartError: it is missing, or not a mapping in YAML.
    """
    try:
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise StartError(f"{file.name}: cannot be read ({error.strerror}). Restore it from version control.") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise StartError(f"{file.name}: is not readable YAML. Mend it, or restore it from version control.") from None
    if not isinstance(data, dict) and data is not None:
        raise StartError(f"{file.name}: must be a mapping. Restore it from version control.")
    return data or {}


def _config_faults(file: Path) -> Iterator[str]:
    config = _read(file)
    for key in ("importers", "pipeline", "policies"):
        if not config.get(key):
            yield f"{file.name}: {key}: is empty; Rasa would fill it in by itself. Restore it from version control."
    for entry in config.get("importers") or ():
        if entry.get("name") not in RASA_IMPORTERS:
            yield from _class_fault(f"{file.name}: importers", entry.get("name"))
    for key in ("pipeline", "policies"):
        for entry in config.get(key) or ():
            try:
                _component(entry.get("name"))
            except Exception as error:  # noqa: BLE001 - whatever its import raises is the reason to show
                yield _fault(f"{file.name}: {key}", entry.get("name"), error)


def _component(name: str) -> type:
    """The class of a pipeline component or policy, as the recipe finds it."""
    return DefaultV1Recipe._from_registry(name).clazz  # noqa: SLF001 - the look-up that training uses


def _endpoint_faults(file: Path) -> Iterator[str]:
    endpoints = _read(file)
    for key, names in BUILT_IN.items():
        kind = (endpoints.get(key) or {}).get("type")
        if kind is not None and kind.lower() not in names:
            yield from _class_fault(f"{file.name}: {key}", kind)
    for key in ("nlg", "tracker_store", "action_endpoint"):
        if not endpoints.get(key):
            yield f"{file.name}: {key}: is missing. Restore it from version control."
    url = str((endpoints.get("action_endpoint") or {}).get("url") or "")
    if url.startswith(in_process.SCHEME):
        try:
            in_process.InProcessEndpoint(url[len(in_process.SCHEME) :])
        except StartError as error:
            yield f"{file.name}: action_endpoint: {error}"


def _channel_faults(file: Path) -> Iterator[str]:
    for name in _read(file):
        if name not in BUILTIN_CHANNELS:
            yield from _class_fault(file.name, name)


def _class_fault(place: str, name: str | None) -> Iterator[str]:
    try:
        class_from_module_path(name or "")
    except Exception as error:  # noqa: BLE001 - as above
        yield _fault(place, name, error)


def _fault(place: str, name: str | None, error: Exception) -> str:
    reason = str(error) if isinstance(error, (ImportError, RasaException)) else f"{type(error).__name__}: {error}"
    return f"{place}: {name!r} cannot be loaded: {' '.join(reason.split())}"


# what was loaded ----------------------------------------------------------------------------------------------


def _model_faults(agent: Agent, config: Mapping[str, Any], content: Content) -> Iterator[str]:
    assert agent.processor is not None  # noqa: S101 - checked by the caller; tells the type checker
    metadata = agent.processor.model_metadata
    loaded = {node.uses for node in metadata.predict_schema.nodes.values()}
    for key in ("pipeline", "policies"):
        for entry in config[key]:
            if _component(entry["name"]) not in loaded:
                yield f"the model has no {entry['name']} (config.yml: {key}). Train it again: rasa train --force"
    known = {response_name(utterance) for utterance in content.utterances}
    if set(metadata.domain.responses) != known:
        yield "the model was trained with other content than content/ holds now. Train it again: rasa train --force"


def _agent_faults(agent: Agent, endpoints: Mapping[str, Any]) -> Iterator[str]:
    wrapper = agent.tracker_store
    store = wrapper._tracker_store if isinstance(wrapper, FailSafeTrackerStore) else wrapper  # noqa: SLF001 - no way around
    for key, part in (("tracker_store", store), ("nlg", agent.nlg), ("lock_store", agent.lock_store)):
        kind = (endpoints.get(key) or {}).get("type") or ""
        if "." in kind and type(part) is not class_from_module_path(kind):
            yield f"endpoints.yml: {key}: is {kind}, but Rasa runs {type(part).__name__}"
    if not in_process.is_installed():
        yield "endpoints.yml: nlg: must be bot.nlg.reviewed_nlg.ReviewedNLG; it holds actions to reviewed wording"
    elif in_process.reviewed_endpoint(agent.action_endpoint) is None:
        yield "endpoints.yml: action_endpoint: was not read; no action can run"
