"""What the stand-in gives to those who import it, and how it refuses all else."""

import abc
import importlib.abc
import importlib.machinery
import sys

MESSAGE = (
    "{name} needs the real TensorFlow, but this environment has only an inert stand-in for it. "
    "Take the component that uses TensorFlow out of config.yml, or see deploy/standins/README.md "
    "for how to run with the real one."
)

# Rasa uses these as decorators while its modules load. They mark a function or class for a later
# use that needs TensorFlow, so at import they hand back what they were given.
DECORATORS = frozenset({"tensorflow.function", "tensorflow.keras.utils.register_keras_serializable"})


class RefusingMeta(abc.ABCMeta):
    """Classes that can be named, subclassed and used in annotations, but never called.

    Derives from `ABCMeta` so that a class may inherit from a stand-in and an abstract base at once.
    """

    def __call__(cls, *args, **kwargs):
        raise RuntimeError(MESSAGE.format(name=cls.standin_for))

    def __getattr__(cls, name):
        if name.startswith("__") or "standin_for" not in cls.__dict__:
            raise AttributeError(f"{cls.__name__} has no attribute {name!r}")
        return stand_in(f"{cls.standin_for}.{name}")


def stand_in(name):
    """Return the object that stands for the dotted TensorFlow `name`."""
    if name in DECORATORS:
        return _pass_through
    return RefusingMeta(name.rpartition(".")[2], (), {"standin_for": name, "__module__": name.rpartition(".")[0]})


def _pass_through(*args, **kwargs):
    """Serve `@decorator` as well as `@decorator(options)`."""
    if len(args) == 1 and callable(args[0]) and not kwargs:
        return args[0]
    return lambda decorated: decorated


def attributes_of(module):
    """Return a module `__getattr__` that answers every public name of `module` with a stand-in."""

    def __getattr__(name):
        if name.startswith("__"):
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        return stand_in(f"{module}.{name}")

    return __getattr__


class _Submodules(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Makes each `import tensorflow.any.thing` give an empty package of stand-ins."""

    def __init__(self, packages):
        self.packages = packages

    def find_spec(self, fullname, path=None, target=None):
        if fullname.partition(".")[0] in self.packages and "." in fullname:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        module.__getattr__ = attributes_of(module.__name__)


def install(*packages):
    """Answer imports below each of `packages` that no file answers."""
    sys.meta_path.append(_Submodules(frozenset(packages)))
