"""Inert stand-in for TensorFlow Text: it can be imported and refuses use. See `tensorflow`."""

import tensorflow._refusal as _refusal

__getattr__ = _refusal.attributes_of(__name__)
