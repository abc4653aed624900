"""Inert stand-in for TensorFlow: it can be imported and subclassed, and refuses to compute.

Rasa 3.6 imports TensorFlow in every process, even when no component of the pipeline uses it.
This package answers those imports. Whatever would need the real library raises `RuntimeError`.
"""

import tensorflow._refusal as _refusal

__version__ = "2.12.0+standin"

_refusal.install("tensorflow", "keras")
__getattr__ = _refusal.attributes_of(__name__)
